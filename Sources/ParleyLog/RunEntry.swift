import ParleyEnvelope

/// An entry of an index run; entries compare as a run has them in order.
protocol RunEntry: Comparable, Sendable {
  /// An event's position, counted from the run's first.
  var local: UInt32 { get set }
  /// Whether a run can have it, as far as it can say so itself.
  var isSound: Bool { get }
  /// What a page's filter has of it: all that is asked for.
  var filterKey: Bytes16 { get }
  /// The section of a run that has such entries.
  static func section(of sections: IndexRun.Sections) -> RunPages.Section
  /// The entries of a page of that section, which says that it has so many.
  static func entries(of page: RawSpan, count: Int) -> [Self]
}

extension IndexRun {
  /// An event's entry.
  struct EventEntry: Hashable, RunEntry {
    var fingerprint: UInt64
    var local: UInt32

    static func < (left: Self, right: Self) -> Bool {
      (left.fingerprint, left.local) < (right.fingerprint, right.local)
    }

    var isSound: Bool { fingerprint >> fingerprintBits == 0 }

    var filterKey: Bytes16 { IndexRun.filterKey(fingerprint) }

    static func section(of sections: Sections) -> RunPages.Section { sections.events }

    /// The section counts pages: how many entries one has it says itself.
    static func entries(of page: RawSpan, count: Int) -> [Self] { EventPage(page).entries(in: page) }
  }

  /// A stream's entry; `local` is of its last event in a sealed segment.
  struct StreamEntry: RunEntry {
    static let byteCount = 20

    var stream: StreamID
    var local: UInt32

    static func < (left: Self, right: Self) -> Bool {
      left.stream == right.stream
        ? left.local < right.local : left.stream.rawValue < right.stream.rawValue
    }

    var isSound: Bool { true }

    var filterKey: Bytes16 { stream.rawValue }

    static func section(of sections: Sections) -> RunPages.Section { sections.streams }

    static func entries(of page: RawSpan, count: Int) -> [Self] {
      (0..<count).map { StreamEntry(page, at: $0 * byteCount) }
    }

    init(_ page: RawSpan, at offset: Int) {
      stream = StreamID(rawValue: page.bytes16(at: offset))
      local = page.integer(at: offset + 16)
    }

    init(stream: StreamID, local: UInt32) {
      self.stream = stream
      self.local = local
    }
  }
}
