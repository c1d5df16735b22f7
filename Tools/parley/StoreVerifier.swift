import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Checks everything there is to check in a store: every frame, block and envelope, every body, every blob.
struct StoreVerifier {
  /// One thing that is not as it should be.
  struct Finding {
    /// `damage`: something is lost; `repairable`: it will be made again; `odd`: nothing is lost.
    var weight: String
    /// The file, or what it is about.
    var part: String
    var message: String

    var text: String { "\(weight): \(part): \(VisibleText.line(message))" }

    var json: String {
      var json = JSONText()
      json.add("weight", weight)
      json.add("part", part)
      json.add("message", message)
      return json.line
    }
  }

  private let store: ConversationStore
  private var scan: EventScan
  private var findings: [Finding] = []
  private var events = 0

  init(_ store: ConversationStore, progress: Progress) {
    self.store = store
    scan = EventScan(store, progress: progress)
  }

  /// What was checked, and what came of it.
  var summary: String {
    let checked = "checked \(counted(events, "event")), every index and blob"
    return findings.isEmpty ? "\(checked): all right" : "\(checked): \(counted(findings.count, "finding"))"
  }

  /// Reads all of it.
  mutating func run() throws -> [Finding] {
    let store = store
    findings = try store.verifyBlocking { events = Int($0.rawValue) }.map {
      Finding(weight: $0.weight.rawValue, part: $0.file, message: $0.message)
    }
    events = Int(store.head.rawValue)
    try checkBodies()
    return findings
  }

  /// A body that its kind's message can't be read from shows as unknown for ever: named, though no bit is wrong.
  private mutating func checkBodies() throws {
    var unreadable: [Finding] = []
    try scan.bodies { position, envelope, bytes in
      guard Event.Body.payloadType(of: envelope.kind) != nil,
        case .unknown = Event.Body(kind: envelope.kind, version: envelope.bodyVersion, bytes: bytes)
      else { return }
      let message = "position \(position): the body is none of kind \(envelope.kind.name)"
      unreadable.append(Finding(weight: "odd", part: "body", message: message))
    }
    findings += unreadable
  }
}
