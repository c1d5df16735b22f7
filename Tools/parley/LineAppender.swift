import Parley
import ParleyEvents

/// Appends the events of JSON Lines and writes their receipts, in order, each once its event is durable.
///
/// Reads the next group while the last one is on its way to the disk; never makes whoever writes the input wait for
/// a full group.
struct LineAppender {
  /// A line as it was read: an event, or why it is none.
  private struct ReadLine: Sendable {
    var number: Int
    var event: Result<NewEvent, AppendReceiptLine.LineError>
  }

  /// What one group became.
  private struct GroupOutcome: Sendable {
    var receipts: [AppendReceiptLine]
    /// Set when nothing more can be appended.
    var failure: StoreError?
  }

  /// Lines that share a sync, at most.
  static let groupLinesMax = 4_096
  /// Bytes of lines that share a sync, at most, and the last line more.
  static let groupBytesMax = 4 << 20

  private let store: ConversationStore
  private var reader: LineReader
  private var progress: Progress
  private let output = Output()
  /// Whether somebody still reads the receipts. Appending does not depend on it.
  private var isRead = true
  private var tally = AppendTally()

  init(store: ConversationStore, reader: LineReader, progress: Progress) {
    self.store = store
    self.reader = reader
    self.progress = progress
  }

  /// Appends every line on its own: one that can't be taken costs itself.
  mutating func appendEach() async throws -> AppendTally {
    var pending: Task<GroupOutcome, Never>?
    while let group = try nextGroup() {
      if let outcome = await pending?.value { try write(outcome) }
      pending = Task { [store] in await Self.append(group, to: store) }
      // Whoever waits for a receipt before the next line must get it.
      guard !reader.isReady, let outcome = await pending?.value else { continue }
      try write(outcome)
      pending = nil
    }
    if let outcome = await pending?.value { try write(outcome) }
    progress.clear()
    return tally
  }

  /// Appends all lines together, or none.
  mutating func appendAtomically() async throws -> AppendTally {
    var lines: [ReadLine] = []
    while let group = try nextGroup() {
      lines += group
      guard lines.count <= AppendLimits.batchEventsMax else {
        throw CommandFailure(
          .rejected, "more than \(grouped(AppendLimits.batchEventsMax)) lines: nothing was stored",
          hint: "Without --batch any number of lines is taken.")
      }
    }
    if System.isInterrupted { return tally }
    try write(GroupOutcome(receipts: try await appendTogether(lines)))
    progress.clear()
    return tally
  }

  private func appendTogether(_ lines: [ReadLine]) async throws -> [AppendReceiptLine] {
    let wrong = lines.compactMap { line -> AppendReceiptLine? in
      guard case .failure(let error) = line.event else { return nil }
      return AppendReceiptLine(number: line.number, outcome: .failure(error))
    }
    guard wrong.isEmpty else { return wrong }
    do throws(StoreError) {
      let receipts = try await store.append(batch: lines.compactMap { try? $0.event.get() })
      return zip(lines, receipts).map { AppendReceiptLine(number: $0.number, outcome: .success($1)) }
    } catch {
      guard let index = error.place.index, lines.indices.contains(index) else { throw CommandFailure(error) }
      return [AppendReceiptLine(number: lines[index].number, outcome: .failure(.init(error)))]
    }
  }

  // MARK: - Reading

  /// The next lines, as many as are there and share a sync; nil at the end.
  private mutating func nextGroup() throws -> [ReadLine]? {
    var group: [ReadLine] = []
    var bytes = 0
    while group.count < Self.groupLinesMax, bytes < Self.groupBytesMax, group.isEmpty || reader.isReady {
      guard let line = try reader.line() else { break }
      bytes += line.byteCount
      group.append(ReadLine(number: reader.number, event: Self.parse(line)))
      progress.add(bytes: line.byteCount + 1)
    }
    return group.isEmpty ? nil : group
  }

  private static func parse(_ line: LineReader.Line) -> Result<NewEvent, AppendReceiptLine.LineError> {
    switch line {
    case .tooLong(let bytes):
      return .failure(
        .init(
          code: EventError.Code.lineTooLong.rawValue,
          message:
            "a line has \(bytes) bytes, at most \(LineReader.lineBytesMax) are read; keep large parts as blobs"
        ))
    case .bytes(let bytes):
      do throws(EventError) { return .success(try EventJSON.parse(bytes)) } catch {
        return .failure(.init(error))
      }
    }
  }

  // MARK: - Appending and writing

  private static func append(_ group: [ReadLine], to store: ConversationStore) async -> GroupOutcome {
    let results = await store.append(each: group.compactMap { try? $0.event.get() })
    var outcome = GroupOutcome(receipts: [])
    var next = 0
    for line in group {
      switch line.event {
      case .failure(let error):
        outcome.receipts.append(AppendReceiptLine(number: line.number, outcome: .failure(error)))
      case .success:
        let result = results[next]
        next += 1
        if case .failure(let error) = result, CommandFailure.endsAppending(error.code) {
          outcome.failure = error
        }
        outcome.receipts.append(
          AppendReceiptLine(number: line.number, outcome: result.mapError { .init($0) }))
      }
    }
    return outcome
  }

  /// Writes the receipts. Throws when the store takes no more, after the receipts that say so.
  private mutating func write(_ outcome: GroupOutcome) throws {
    outcome.receipts.forEach { tally.count($0.outcome) }
    try write(outcome.receipts)
    if let failure = outcome.failure { throw CommandFailure(failure) }
  }

  private mutating func write(_ receipts: [AppendReceiptLine]) throws {
    guard isRead else { return }
    do {
      for receipt in receipts { try output.write(line: receipt.json) }
      try output.flush()
    } catch is ClosedPipe {
      isRead = false
    }
  }
}
