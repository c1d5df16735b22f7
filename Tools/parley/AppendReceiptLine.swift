import Parley
import ParleyEnvelope
import ParleyEvents

/// What became of one line, and how that is written.
struct AppendReceiptLine {
  /// The line's number in the input, from 1.
  var number: Int
  /// A receipt, or why there is none.
  var outcome: Result<AppendReceipt, LineError>

  /// Why a line was not stored: a name for programs, a message for people.
  struct LineError: Error {
    var code: String
    var message: String

    init(code: String, message: String) {
      self.code = code
      self.message = message
    }

    init(_ error: EventError) { self.init(code: error.code.rawValue, message: error.message) }
    init(_ error: StoreError) { self.init(code: error.code.rawValue, message: error.message) }
  }

  /// One line of JSON.
  var json: String {
    var json = JSONText()
    json.add("line", number)
    switch outcome {
    case .success(.stored(let position)):
      json.add("status", "stored")
      json.add("position", position.rawValue)
    case .success(.alreadyStored(let position)):
      json.add("status", "duplicate")
      json.add("position", position.rawValue)
    case .failure(let error):
      json.add("status", "rejected")
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

  mutating func count(_ outcome: Result<AppendReceipt, AppendReceiptLine.LineError>) {
    switch outcome {
    case .success(.stored): stored += 1
    case .success(.alreadyStored): duplicate += 1
    case .failure: rejected += 1
    }
  }

  /// `3 lines: 2 stored, 0 duplicate, 1 rejected`.
  var summary: String {
    let lines = counted(stored + duplicate + rejected, "line")
    return
      "\(lines): \(grouped(stored)) stored, \(grouped(duplicate)) duplicate, \(grouped(rejected)) rejected"
  }
}
