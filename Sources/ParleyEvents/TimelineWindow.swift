public import ParleyEnvelope

/// Which part of a timeline's entries to look at. A window is looked through after the fold: what is so now stays
/// what the whole timeline says.
public struct TimelineWindow: Hashable, Sendable {
  /// At most so many entries, the last ones of those that the other conditions leave; none when it is not above 0.
  public var last: Int?
  /// Entries from this effective time on.
  public var since: Timestamp?
  /// Entries before this effective time.
  public var until: Timestamp?
  /// Entries of these channels; nil for all.
  public var channels: Set<Channel>?
  /// What is done with entries that only we may see.
  public var internalEntries: InternalEntries

  /// What is done with entries that only we may see.
  public enum InternalEntries: Hashable, Sendable {
    /// They are shown.
    case included
    /// They are left out, and counted.
    case excluded
  }

  /// A window; with nothing stated it shows everything.
  public init(
    last: Int? = nil, since: Timestamp? = nil, until: Timestamp? = nil, channels: Set<Channel>? = nil,
    internalEntries: InternalEntries = .included
  ) {
    self.last = last
    self.since = since
    self.until = until
    self.channels = channels
    self.internalEntries = internalEntries
  }
}

/// How many entries a window leaves out, each counted once, by the first of these that applies.
public struct TimelineOmitted: Hashable, Sendable {
  /// Only we may see them.
  public internal(set) var internalEntries = 0
  /// They came through other channels.
  public internal(set) var otherChannels = 0
  /// They are earlier than what is shown.
  public internal(set) var earlier = 0
  /// They are later than what is shown.
  public internal(set) var later = 0

  /// All of them.
  public var total: Int { internalEntries + otherChannels + earlier + later }
}

extension Timeline {
  /// The timeline with fewer entries; state, position and condition are those of the whole.
  public func windowed(_ window: TimelineWindow) -> Timeline {
    var part = self
    part.entries = entries.filter { part.omitted.admits($0, window) }
    if let last = window.last.map({ max($0, 0) }), part.entries.count > last {
      part.omitted.earlier += part.entries.count - last
      part.entries.removeFirst(part.entries.count - last)
    }
    return part
  }
}

extension TimelineOmitted {
  fileprivate mutating func admits(_ entry: TimelineEntry, _ window: TimelineWindow) -> Bool {
    if window.internalEntries == .excluded, !entry.isPublic {
      internalEntries += 1
    } else if let channels = window.channels, !entry.isUndated, !channels.contains(entry.channel) {
      otherChannels += 1
    } else if let since = window.since, entry.time.time < since {
      earlier += 1
    } else if let until = window.until, entry.time.time >= until {
      later += 1
    } else {
      return true
    }
    return false
  }
}
