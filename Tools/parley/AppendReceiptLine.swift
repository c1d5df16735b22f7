import Parley
import ParleyEnvelope
import ParleyEvents

/// What became of one line, and how that is written.
struct AppendReceiptLine {
  /// The line's number in the input, from 1.
  var number: Int
  /// A receipt, or why there is none.
  var outcome: Result<AppendReceipt, LineError>
  /// What somebody should look at in a line that is stored.
  var warning: String?

  /// Why a line has no position: a name for programs, a message for people.
  struct LineError: Error {
    /// Whether the line is stored.
    enum Standing: String {
      /// It is not, and will not be as it is.
      case rejected
      /// The store stopped before it could say: opening it again decides, and appending the same again settles it.
      case unknown
    }

    var standing: Standing
    var code: String
    var message: String

    init(code: String, message: String) {
      standing = .rejected
      self.code = code
      self.message = message
    }

    init(_ error: EventError) { self.init(code: error.code.rawValue, message: error.message) }

    /// Why a line is no event, with the name that may be meant by an unknown one.
    init(_ error: EventError, in line: [UInt8]) {
      self.init(error)
      if let question = Self.question(error, in: line) { message += "; " + question }
    }

    private static func question(_ error: EventError, in line: [UInt8]) -> String? {
      func isAbout(_ member: String) -> Bool { error.message.hasPrefix("member `\(member)`") }
      if error.code == .unknownKind {
        // A kind that has a name was not misspelt: this version does not take it.
        return EventJSON.text(of: "kind", in: line).flatMap {
          EventKind(name: $0) == nil ? NearNames.kind($0) : nil
        }
      }
      if isAbout("channel") { return EventJSON.text(of: "channel", in: line).flatMap(NearNames.channel) }
      guard error.code == .invalidMember else { return nil }
      return EventJSON.wrongNames(in: line).first { isAbout($0.member) }.flatMap { NearNames.question($0.1) }
    }

    init(_ error: StoreError) {
      self.init(code: error.code.rawValue, message: error.message)
      if CommandFailure.endsAppending(error.code) { standing = .unknown }
    }

    /// That a line of a batch is not stored because of another.
    static func batchRefused(becauseOf line: Int) -> LineError {
      LineError(
        code: "batch_refused",
        message: "line \(line) of the batch was refused, and a batch is stored whole or not at all")
    }
  }

  /// One line of JSON.
  var json: String {
    var json = JSONText()
    json.add("line", number)
    switch outcome {
    case .success(.stored(let position)):
      json.add("status", "stored")
      json.add("position", position.rawValue)
      if let warning { json.add("warning", warning) }
    case .success(.alreadyStored(let position)):
      json.add("status", "duplicate")
      json.add("position", position.rawValue)
      if let warning { json.add("warning", warning) }
    case .failure(let error):
      json.add("status", error.standing.rawValue)
      json.add("error", error.code)
      json.add("message", error.message)
    }
    return json.line
  }
}

/// How many lines went which way.
struct AppendTally {
  private(set) var stored = 0
  private(set) var duplicate = 0
  private(set) var rejected = 0
  /// Lines of which only opening the store again tells whether they are stored.
  private(set) var unknown = 0

  mutating func count(_ outcome: Result<AppendReceipt, AppendReceiptLine.LineError>) {
    switch outcome {
    case .success(.stored): stored += 1
    case .success(.alreadyStored): duplicate += 1
    case .failure(let error):
      switch error.standing {
      case .rejected: rejected += 1
      case .unknown: unknown += 1
      }
    }
  }

  /// All that were counted.
  var lines: Int { stored + duplicate + rejected + unknown }

  /// `3 lines: 2 stored, 0 duplicate, 1 rejected`, and how many are unknown when some are.
  var summary: String {
    let lines = counted(lines, "line")
    let known =
      "\(lines): \(grouped(stored)) stored, \(grouped(duplicate)) duplicate, \(grouped(rejected)) rejected"
    return unknown > 0 ? "\(known), \(grouped(unknown)) unknown" : known
  }
}
