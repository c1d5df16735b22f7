import ArgumentParser
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// A point in the log's history: a position, or a time by the log's clock.
enum Moment {
  static let help = ArgumentHelp(
    "As it was known then: through a position, as in 1042, or at a time by the log's clock, "
      + "as in 2026-11-22T09:00:00Z.", valueName: "moment")

  case position(Position)
  case time(Timestamp)

  /// A moment as it was typed. Throws what was expected, with examples.
  init(typed text: String) throws {
    if let position = Position(typed: text) {
      self = .position(position)
    } else if let (time, _) = Timestamp.parse(rfc3339: text) {
      self = .time(time)
    } else {
      throw ValidationError("expected a position as in 1042, or a time as in 2026-11-22T09:00:00Z (RFC 3339)")
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
struct PositionArgument {
  let position: Position

  /// A position as it was typed. Throws what was expected, with examples.
  init(typed text: String) throws {
    guard let position = Position(typed: text) else { throw ValidationError(Self.expected) }
    self.position = position
  }

  static let expected = "expected a position, a number from 0, as in 1042 or #1042"
}

extension Position {
  /// As it was typed; nil for what is no position.
  fileprivate init?(typed text: String) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    // A plus is no digit.
    guard digits.first?.isNumber == true, let number = UInt64(digits), number < UInt64(Int64.max) else {
      return nil
    }
    self.init(rawValue: number)
  }
}

/// How many, at most: a number from 1.
struct CountArgument {
  let count: Int

  /// A count as it was typed. Throws what was expected, with an example.
  init(typed text: String) throws {
    guard let count = Int(text), count > 0 else {
      throw ValidationError("expected a number from 1, as in 50")
    }
    self.count = count
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

/// Events after which the segment being written is rolled: a number from 1 to what a segment may have.
struct SegmentEventsArgument {
  let count: Int

  /// A count as it was typed. Throws what was expected, with an example.
  init(typed text: String) throws {
    guard let count = Int(text), (1...LogLimits.segmentEventsMax).contains(count) else {
      throw ValidationError("expected a number from 1 to \(grouped(LogLimits.segmentEventsMax)), as in 1000")
    }
    self.count = count
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
struct ZoneArgument {
  static let help = ArgumentHelp(
    "The distance from UTC that times are shown at, as in +01:00; UTC unless stated.", valueName: "offset")
  static let utc = ZoneArgument(offset: .utc)

  let offset: UTCOffset

  private init(offset: UTCOffset) { self.offset = offset }

  /// A distance as it was typed. Throws what was expected, with examples.
  init(typed text: String) throws {
    if ["Z", "z", "UTC", "utc"].contains(text) {
      offset = .utc
      return
    }
    var digits = text.filter { $0 != ":" }
    guard let sign = digits.popFirstSign(), digits.count == 4, let number = Int(digits), number % 100 < 60,
      let offset = UTCOffset(minutes: sign * (number / 100 * 60 + number % 100))
    else { throw ValidationError("expected UTC, or the distance from it as in +01:00 or -05:00") }
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
