import Foundation
import ParleyEnvelope
import ParleyLog

/// Writes a store's events to standard output as rows for other databases: PostgreSQL's text form of COPY, ids and bodies as
/// `\\x` and hexadecimal digits, one event a line.
///
/// position, event, customer, conversation, actor, occurred_at, recorded_at, kind, channel, direction, body: the columns of
/// `SQLiteLog`.
enum EventExport {
  static func run(store path: String) throws {
    let log = try EventLog.openForReading(environment: .posix(at: path))
    let output = FileHandle.standardOutput
    var text: [UInt8] = []
    try log.replay(.records) { piece in
      guard case .events(let batch) = piece else { preconditionFailure("a damaged log") }
      for index in 0..<batch.count {
        append(batch.position(at: index), batch.envelope(at: index), batch.body(at: index) ?? [], to: &text)
      }
      if text.count > 1 << 20 {
        try output.write(contentsOf: Data(text))
        text.removeAll(keepingCapacity: true)
      }
      return .proceed
    }
    try output.write(contentsOf: Data(text))
  }

  private static func append(
    _ position: Position, _ envelope: Envelope, _ body: [UInt8], to text: inout [UInt8]
  ) {
    text += Array("\(position.rawValue)".utf8)
    for id in [
      envelope.event.rawValue, envelope.stream.rawValue, envelope.conversation.rawValue,
      envelope.actor.rawValue,
    ] {
      appendHex(withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { Array($0) }, to: &text)
    }
    let numbers = [
      envelope.occurredAt.microseconds, envelope.recordedAt.microseconds, Int64(envelope.kind.rawValue),
      Int64(envelope.channel.rawValue), Int64(envelope.direction.rawValue),
    ]
    for number in numbers { text += Array("\t\(number)".utf8) }
    appendHex(body, to: &text)
    text.append(UInt8(ascii: "\n"))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func appendHex(_ bytes: [UInt8], to text: inout [UInt8]) {
    text += Array("\t\\\\x".utf8)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }
}
