import ArgumentParser
import ParleyEnvelope
import ParleyEvents

/// A point in the log's history: a position, or a time by the log's clock.
enum Moment: ExpressibleByArgument {
  static let help = ArgumentHelp(
    "As it was known then: through a position, as in 1042, or at a time by the log's clock, "
      + "as in 2026-11-22T09:00:00Z.", valueName: "moment")

  case position(Position)
  case time(Timestamp)

  init?(argument: String) {
    if let position = PositionArgument(argument: argument)?.position {
      self = .position(position)
    } else if let (time, _) = Timestamp.parse(rfc3339: argument) {
      self = .time(time)
    } else {
      return nil
    }
  }
}

/// A time on the command line: RFC 3339.
struct TimeArgument {
  let time: Timestamp

  /// A time as it was typed. Throws what was expected, with an example.
  init(typed text: String) throws {
    guard let (time, _) = Timestamp.parse(rfc3339: text) else {
      throw ValidationError(
        "expected a time as in 2026-11-22T09:00:00Z or 2026-11-22T09:00:00+01:00 (RFC 3339)")
    }
    self.time = time
  }

  /// Throws when nothing can lie between the two.
  static func checkOrder(since: TimeArgument?, until: TimeArgument?) throws {
    guard let since, let until, since.time > until.time else { return }
    throw ValidationError("--since is after --until: nothing lies between them.")
  }
}

/// A position on the command line: the number of events before it, also as a timeline shows it, `#1042`.
struct PositionArgument: ExpressibleByArgument {
  let position: Position

  init?(argument: String) {
    let digits = argument.hasPrefix("#") ? argument.dropFirst() : argument[...]
    guard let number = UInt64(digits), number < UInt64(Int64.max) else { return nil }
    position = Position(rawValue: number)
  }
}

extension Actor {
  /// An actor as it was typed for an option. Throws what was expected, and whom somebody without a kind may mean.
  init(typed text: String, for option: String) throws {
    do { try self.init(parsing: text) } catch {
      let agent = text.contains(":") ? nil : try? Actor(parsing: "agent:\(text)")
      throw CommandFailure(.usage, "\(option): \(error.message)", hint: agent.map { "Did you mean \($0)?" })
    }
  }
}

/// A channel by its name.
struct ChannelArgument {
  static let help = ArgumentHelp("Only this channel, as in email. May be repeated.", valueName: "channel")

  let channel: Channel

  /// A channel as it was typed. Throws which one may be meant, and which there are.
  init(typed text: String) throws {
    guard let code = Channel.names.firstIndex(of: text), code > 0 else {
      let question = NearNames.channel(text).map { $0 + " " } ?? ""
      throw ValidationError(
        "\(question)The channels are \(Channel.names.dropFirst().joined(separator: ", ")).")
    }
    channel = Channel(rawValue: UInt8(code))
  }
}

/// A kind of event by its name, as in `message.sent`.
struct KindArgument {
  let kind: EventKind

  /// A kind as it was typed. Throws which one may be meant.
  init(typed text: String) throws {
    guard let kind = EventKind(name: text) else {
      throw ValidationError(NearNames.kind(text) ?? "A kind is written as in message.sent.")
    }
    self.kind = kind
  }
}

/// A distance from UTC: `+01:00`, `-0500`, `Z`, `UTC`.
struct ZoneArgument: ExpressibleByArgument, CustomStringConvertible {
  static let help = ArgumentHelp(
    "The distance from UTC that times are shown at, as in +01:00.", valueName: "offset")
  static let utc = ZoneArgument(offset: .utc)

  let offset: UTCOffset

  private init(offset: UTCOffset) { self.offset = offset }

  /// As it stands in the help: the default.
  var description: String { offset == .utc ? "UTC" : "\(offset.rawValue) minutes" }

  init?(argument: String) {
    if ["Z", "z", "UTC", "utc"].contains(argument) {
      offset = .utc
      return
    }
    var digits = argument.filter { $0 != ":" }
    guard let sign = digits.popFirstSign(), digits.count == 4, let number = Int(digits), number % 100 < 60,
      let offset = UTCOffset(minutes: sign * (number / 100 * 60 + number % 100))
    else { return nil }
    self.offset = offset
  }
}

extension String {
  /// Takes a leading `+` or `-` away: 1 or -1, nil when there is none.
  fileprivate mutating func popFirstSign() -> Int? {
    guard let first, first == "+" || first == "-" else { return nil }
    removeFirst()
    return first == "-" ? -1 : 1
  }
}

/// For people or for programs: one object.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json

  static let help: ArgumentHelp = "For people or for programs: text or json."
}

/// For people or for programs: an object a line, which is called JSON Lines; `json` means the same here.
enum ListFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case jsonl
  case json

  static let help: ArgumentHelp = "For people or for programs: text or jsonl, JSON Lines."
}
