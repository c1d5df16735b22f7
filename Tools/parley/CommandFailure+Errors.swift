import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

extension CommandFailure {
  /// A library's error as a command's failure; nil for an error that is not one of ours.
  init?(_ error: any Error) {
    switch error {
    case let error as StoreError: self.init(error)
    case let error as LogError: self.init(error)
    case let error as EventError: self.init(.usage, error.message)
    default: return nil
    }
  }

  /// The error of a log that a command reads itself.
  private init(_ error: LogError) {
    let place = StoreError(error).place
    self.init(error.code == .damaged ? .damage : .cannotOpen, "\(error.message)\(place)")
  }

  /// A store's error, with what to do about it.
  init(_ error: StoreError) {
    var place = error.place
    if let position = place.position, Self.names(position, in: error.message) { place.position = nil }
    self.init(
      Self.statuses[error.code] ?? .rejected, "\(error.message)\(place)", hint: Self.hints[error.code])
  }

  /// Whether a message says a position itself: what it says is not said twice.
  private static func names(_ position: Position, in message: String) -> Bool {
    message.ranges(of: "position \(position)").contains { range in
      range.upperBound == message.endIndex || !message[range.upperBound].isNumber
    }
  }

  private static let statuses: [StoreError.Code: ExitStatus] = [
    .noStore: .cannotOpen, .directoryNotEmpty: .cannotOpen, .newerFormat: .cannotOpen, .wrongKey: .cannotOpen,
    .alreadyOpen: .cannotOpen, .readOnly: .cannotOpen, .diskFull: .cannotOpen, .disk: .cannotOpen,
    .writerStopped: .cannotOpen, .notWritable: .cannotOpen, .blob: .cannotOpen, .invalidOptions: .usage,
    .damaged: .damage,
    StoreError.Code(rawValue: EventError.Code.unknownNormalization.rawValue): .usage,
  ]

  private static let hints: [StoreError.Code: String] = [
    .alreadyOpen: "Wait until the other writer is done; reading commands work beside it.",
    .diskFull:
      "Everything acknowledged is there. Free some space and run the command again: nothing is stored twice.",
    .disk: "Everything acknowledged is there. Run the command again: nothing is stored twice.",
    .damaged: "parley verify names everything that is damaged.",
  ]

  /// Whether nothing more can be appended until the store is opened again.
  static func endsAppending(_ code: StoreError.Code) -> Bool {
    [.readOnly, .diskFull, .disk, .writerStopped, .notWritable].contains(code)
  }
}
