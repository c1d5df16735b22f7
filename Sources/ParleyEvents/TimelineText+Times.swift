import ParleyEnvelope

// Times as a person reads them, in the zone of the options.

extension TimelineTextWriter {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November",
    "December",
  ]

  /// The day an entry stands under: of coarse times as much as is known.
  func dayLine(_ time: EffectiveTime) -> String {
    // A coarse time is a day, month or year where the source was, not where the reader is.
    let isCoarse = [.day, .month, .year].contains(time.precision)
    let civil = time.time.civil(at: isCoarse ? time.offset : options.zone)
    let month = Self.months[civil.month - 1]
    switch time.precision {
    case .year: return "\(civil.year)"
    case .month: return "\(month) \(civil.year)"
    default:
      return
        "\(weekday(time.time, isCoarse ? time.offset : options.zone)) \(civil.day) \(month) \(civil.year)"
    }
  }

  /// Hours and minutes, or how little is known: five columns.
  func clock(_ time: EffectiveTime) -> String {
    let civil = time.time.civil(at: options.zone)
    switch time.precision {
    case .day, .month, .year: return "  –  "
    case .hour: return "\(two(civil.hour)):––"
    default: return "\(two(civil.hour)):\(two(civil.minute))"
    }
  }

  /// Day and time on one line: `22 Nov 2026 09:00`.
  func moment(_ time: Timestamp) -> String {
    let civil = time.civil(at: options.zone)
    return
      "\(civil.day) \(Self.months[civil.month - 1].prefix(3)) \(civil.year) \(two(civil.hour)):\(two(civil.minute))"
  }

  /// In which zone all times are: `times in UTC`, `times at +01:00`.
  var zoneWords: String {
    guard let minutes = options.zone.minutes, minutes != 0 else { return "times in UTC" }
    return "times at \(minutes < 0 ? "-" : "+")\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
  }

  /// A length of time in the two largest units that say something.
  func length(milliseconds: UInt64) -> String {
    let seconds = (milliseconds + 500) / 1000
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 {
      return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
    }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  private func weekday(_ time: Timestamp, _ zone: UTCOffset) -> String {
    let local = time.microseconds + Int64(zone.minutes ?? 0) * 60_000_000
    var days = local / 86_400_000_000
    if local % 86_400_000_000 < 0 { days -= 1 }
    return Self.weekdays[Int(((days % 7) + 7) % 7)]
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
