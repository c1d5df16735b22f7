/// What an import did, every item accounted for: read = stored + duplicate + rejected.
public struct ImportReport: Sendable {
  /// Items seen, files that are none included.
  public private(set) var read = 0
  /// Items now in the store that were not before.
  public private(set) var stored = 0
  /// Items the store had already.
  public private(set) var duplicate = 0
  /// Items of which nothing was stored, by reason.
  public private(set) var rejectedByCode: [ImportRejection.Code: Int] = [:]
  /// Events stored, what the store adds itself not counted.
  public private(set) var events = 0
  /// Items stored under their content because their id stood for another item.
  public private(set) var reusedIDs = 0
  /// The first rejections with their places.
  public private(set) var rejections: [(place: ImportPlace, rejection: ImportRejection)] = []
  /// The first warnings with their places.
  public private(set) var warnings: [(place: ImportPlace, warning: ImportWarning)] = []
  /// Warnings by kind, those not kept included.
  public private(set) var warningsByCode: [ImportWarning.Code: Int] = [:]

  /// How many rejections, and how many warnings, are kept with their places; all are counted.
  public static let listedMax = 10_000

  /// A report of nothing yet.
  public init() {}

  /// Items of which nothing was stored.
  public var rejected: Int { rejectedByCode.values.reduce(0, +) }

  /// Whether the sums fit.
  public var isComplete: Bool { read == stored + duplicate + rejected }

  /// How an item went that was not rejected.
  public enum Answer: Sendable {
    /// Stored, as so many events.
    case stored(events: Int)
    /// Stored under its content, as so many events.
    case storedAsReusedID(events: Int)
    /// The store had it.
    case duplicate
  }

  /// Counts an item that was taken, with the store's answer.
  public mutating func count(_ item: ImportItem, _ answer: Answer) {
    read += 1
    switch answer {
    case .stored(let events):
      stored += 1
      self.events += events
    case .storedAsReusedID(let events):
      stored += 1
      reusedIDs += 1
      self.events += events
    case .duplicate: duplicate += 1
    }
    for warning in item.warnings {
      warningsByCode[warning.code, default: 0] += 1
      if warnings.count < Self.listedMax { warnings.append((item.place, warning)) }
    }
  }

  /// Counts an item that was rejected.
  public mutating func count(_ item: ImportItem, _ rejection: ImportRejection) {
    read += 1
    rejectedByCode[rejection.code, default: 0] += 1
    if rejections.count < Self.listedMax { rejections.append((item.place, rejection)) }
  }
}
