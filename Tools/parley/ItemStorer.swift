import Foundation
import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import ParleyLog

/// Brings an importer's items into a store: blobs first, then events, many items to a sync, each acknowledged only
/// when it is durable. Or, in a dry run, only says what would happen.
struct ItemStorer {
  enum Mode {
    case storing
    case dryRun
  }

  /// An item that waits for its group.
  private struct Waiting {
    var item: ImportItem
    var imported: ImportedEvents
  }

  /// Items that share a sync, at most.
  static let groupItemsMax = 512
  /// Bytes of blobs that wait in memory, at most, and the last item more.
  static let groupBytesMax = 16 << 20

  private let store: ConversationStore
  private let mode: Mode
  private let writer: ImportReportWriter
  private var group: [Waiting] = []
  private var groupBytes: UInt64 = 0

  /// The content of what a dry run has found new so far, by its id.
  private var foreseen: [EventID: [UInt8]] = [:]

  /// What became of the items so far.
  private(set) var report = ImportReport()
  /// Items that were on their way when the store stopped: only opening it again tells whether they are stored.
  private(set) var unknown = 0
  /// Why the store takes no more.
  private var failure: CommandFailure?

  init(store: ConversationStore, mode: Mode, writer: ImportReportWriter) {
    self.store = store
    self.mode = mode
    self.writer = writer
  }

  /// Takes the next item. It is counted once its group is durable.
  mutating func take(_ item: ImportItem) async throws {
    switch item.outcome {
    case .rejected(let rejection): try count(item, rejection)
    case .accepted(let imported):
      if mode == .dryRun { return try await look(item, imported) }
      // One event of one item needs no batch of its own; several are stored together or not at all.
      if imported.events.count > 1 { return try await storeTogether(item, imported) }
      group.append(Waiting(item: item, imported: imported))
      groupBytes += imported.blobs.reduce(0) { $0 + $1.size } + 1024
      if group.count >= Self.groupItemsMax || groupBytes >= Self.groupBytesMax { try await finish() }
    }
  }

  /// Stores what still waits.
  mutating func finish() async throws {
    let items = group
    group = []
    groupBytes = 0
    try await keepBlobs(items.flatMap(\.imported.blobs))
    let outcomes = await store.append(each: items.map { $0.imported.events[0] })
    var reused: [Waiting] = []
    for (waiting, outcome) in zip(items, outcomes) {
      if Self.isReused(outcome), waiting.imported.asReusedID != nil {
        reused.append(waiting)
      } else {
        try settle(waiting.item, outcome, events: 1, isReused: false)
      }
    }
    if let failure { throw failure }
    try await storeReused(reused)
    if let failure { throw failure }
  }

  /// Items whose source gave one id to two of them, under their content.
  private mutating func storeReused(_ items: [Waiting]) async throws {
    guard !items.isEmpty else { return }
    let outcomes = await store.append(each: items.compactMap { $0.imported.asReusedID?.first })
    for (waiting, outcome) in zip(items, outcomes) {
      try settle(waiting.item, outcome, events: 1, isReused: true)
    }
  }

  /// An item of several events: all or none, and nothing of one that is known.
  private mutating func storeTogether(_ item: ImportItem, _ imported: ImportedEvents) async throws {
    try await finish()
    try await keepBlobs(imported.blobs)
    if try await isKnown(imported.events[0]) {
      let known = await store.append(each: [imported.events[0]])[0]
      guard Self.isReused(known), let events = imported.asReusedID else {
        try settle(item, known, events: 1, isReused: false)
        if let failure { throw failure }
        return
      }
      return try await append(item, events, isReused: true)
    }
    try await append(item, imported.events, isReused: false)
  }

  private mutating func append(_ item: ImportItem, _ events: [NewEvent], isReused: Bool) async throws {
    if isReused, try await isKnown(events[0]) { return report.count(item, .duplicate) }
    let outcome: Result<AppendReceipt, StoreError>
    do throws(StoreError) {
      outcome = .success(try await store.append(batch: events)[0])
    } catch {
      outcome = .failure(error)
    }
    try settle(item, outcome, events: events.count, isReused: isReused)
    if let failure { throw failure }
  }

  private func isKnown(_ event: NewEvent) async throws -> Bool {
    try await store.position(of: store.eventID(of: event)) != nil
  }

  /// A mail's bytes are durable before the event that names them.
  private func keepBlobs(_ blobs: [ImportBlob]) async throws {
    guard !blobs.isEmpty else { return }
    let kept = store.log.blobs
    do throws(BlobError) {
      try await IOThreads.shared.run { () throws(BlobError) in
        for blob in blobs {
          let writer = try kept.begin()
          try blob.forEachChunk { (chunk: ArraySlice<UInt8>) throws(BlobError) in
            try writer.append(Array(chunk))
          }
          _ = try writer.finish()
        }
      }
    } catch {
      throw CommandFailure(.cannotOpen, "an attachment could not be kept: \(error.message)")
    }
  }

  // MARK: - Counting

  private static func isReused(_ outcome: Result<AppendReceipt, StoreError>) -> Bool {
    if case .failure(let error) = outcome { return error.code == .differentContent }
    return false
  }

  /// Counts what became of an item. When the store takes no more it sets `failure`: the rest of the group is
  /// settled too, as some of it is stored.
  private mutating func settle(
    _ item: ImportItem, _ outcome: Result<AppendReceipt, StoreError>, events: Int, isReused: Bool
  ) throws {
    switch outcome {
    case .success(.stored):
      var item = item
      if isReused { item.warnings.append(Self.reusedID) }
      report.count(item, isReused ? .storedAsReusedID(events: events) : .stored(events: events))
      try writer.write(item)
    case .success(.alreadyStored): report.count(item, .duplicate)
    case .failure(let error):
      if CommandFailure.endsAppending(error.code) {
        unknown += 1
        failure = failure ?? CommandFailure(error)
        return try writer.write(item.place, unknown: error)
      }
      try count(item, ImportRejection(.init(rawValue: error.code.rawValue), error.message))
    }
  }

  private static let reusedID = ImportWarning(
    .reusedID, "its id is that of another item with other content; stored beside it, under its content")

  private mutating func count(_ item: ImportItem, _ rejection: ImportRejection) throws {
    report.count(item, rejection)
    try writer.write(item.place, rejection)
  }

  /// A dry run: an item is new or known.
  /// Says what would become of an item, as of those before it in this run.
  private mutating func look(_ item: ImportItem, _ imported: ImportedEvents) async throws {
    switch try await standing(of: imported.events[0]) {
    case .known: report.count(item, .duplicate)
    case .new: try foresee(item, imported.events, isReused: false)
    case .reused:
      guard let events = imported.asReusedID, try await standing(of: events[0]) == .new else {
        return report.count(item, .duplicate)
      }
      try foresee(item, events, isReused: true)
    }
  }

  private mutating func foresee(_ item: ImportItem, _ events: [NewEvent], isReused: Bool) throws {
    foreseen[store.eventID(of: events[0])] = events[0].source?.digest ?? []
    try settle(item, .success(.stored(store.head)), events: events.count, isReused: isReused)
  }

  /// What is known of an event: nothing, the same, or that another has its id.
  private enum Standing { case new, known, reused }

  private func standing(of event: NewEvent) async throws -> Standing {
    let id = store.eventID(of: event)
    let digest = event.source?.digest ?? []
    if let foreseen = foreseen[id] { return foreseen == digest ? .known : .reused }
    guard let position = try await store.position(of: id) else { return .new }
    // One that can't be read is compared with nothing by the store either.
    guard let stored = try? await store.event(at: position) else { return .known }
    return [UInt8](stored.body.payload?.source.sourceDigest ?? Data()) == digest ? .known : .reused
  }
}
