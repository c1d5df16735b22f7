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
    var byteCount: Int
    var event: Result<NewEvent, AppendReceiptLine.LineError>
    var warning: String?

    /// The line's receipt, with what somebody should look at.
    func receipt(_ outcome: Result<AppendReceipt, AppendReceiptLine.LineError>) -> AppendReceiptLine {
      AppendReceiptLine(number: number, outcome: outcome, warning: warning)
    }
  }

  /// What one group became.
  private struct GroupOutcome: Sendable {
    var receipts: [AppendReceiptLine]
    /// Set when nothing more can be appended, or a batch as a whole was refused.
    var failure: CommandFailure?
  }

  /// Lines that share a sync, at most.
  static let groupLinesMax = 4_096
  /// Bytes of lines that share a sync, at most, and the last line more.
  static let groupBytesMax = 4 << 20
  /// Bytes of the lines of a batch, at most, and the last group more: JSON takes up to six bytes for one of a body.
  static let batchTextBytesMax = 8 * AppendLimits.batchBytesMax

  private let store: ConversationStore
  private var reader: LineReader
  private(set) var progress: Progress
  private let output = Output()
  /// Whether somebody still reads the receipts. Appending does not depend on it.
  private var isRead = true
  /// What became of the lines so far, also after an append that ended with an error.
  private(set) var tally = AppendTally()
  /// Members that the lines had and their kinds do not know.
  private(set) var unknownMembers = UnknownMembers()
  /// Whether the input begins as a mail does, and not with an event.
  private(set) var looksLikeMail = false
  /// Display names that the lines gave and their kinds have no place for.
  private(set) var unkeptNames = UnkeptNames()

  init(store: ConversationStore, reader: LineReader, progress: Progress) {
    self.store = store
    self.reader = reader
    self.progress = progress
  }

  /// Appends every line on its own: one that can't be taken costs itself.
  mutating func appendEach() async throws {
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
  }

  /// Appends all lines together, or none.
  mutating func appendAtomically() async throws {
    var lines: [ReadLine] = []
    var bytes = 0
    // What is too much for a batch is not read to its end: the store refuses it for what was read.
    while lines.count <= AppendLimits.batchEventsMax, bytes <= Self.batchTextBytesMax,
      let group = try nextGroup()
    {
      lines += group
      bytes += group.reduce(0) { $0 + $1.byteCount }
    }
    if !System.isInterrupted { try write(await outcome(of: lines, bytes: bytes)) }
  }

  private func outcome(of lines: [ReadLine], bytes: Int) async -> GroupOutcome {
    if let wrong = lines.first(where: { (try? $0.event.get()) == nil }) {
      return Self.refused(lines, by: wrong.number)
    }
    guard bytes <= Self.batchTextBytesMax else { return Self.failed(lines, Self.tooLarge) }
    do throws(StoreError) {
      let receipts = try await store.append(batch: lines.compactMap { try? $0.event.get() })
      return GroupOutcome(
        receipts: zip(lines, receipts).map { $0.receipt(.success($1)) })
    } catch {
      guard let index = error.place.index, lines.indices.contains(index) else {
        return Self.failed(lines, error)
      }
      var lines = lines
      lines[index].event = .failure(.init(error))
      return Self.refused(lines, by: lines[index].number)
    }
  }

  private static var tooLarge: StoreError {
    StoreError(
      .limitExceeded,
      "a batch is longer than \(byteCount(batchTextBytesMax)), the most that is read; split it")
  }

  /// A batch of which a line is wrong: each wrong one says why, each other one because of which.
  private static func refused(_ lines: [ReadLine], by first: Int) -> GroupOutcome {
    GroupOutcome(
      receipts: lines.map { line in
        let refusal = AppendReceiptLine.LineError.batchRefused(becauseOf: first)
        return line.receipt(line.event.flatMap { _ in .failure(refusal) })
      })
  }

  /// A batch that failed as a whole.
  private static func failed(_ lines: [ReadLine], _ error: StoreError) -> GroupOutcome {
    GroupOutcome(
      receipts: lines.map { $0.receipt(.failure(.init(error))) },
      failure: failure(error))
  }

  // MARK: - Reading

  /// The next lines, as many as are there and share a sync; nil at the end.
  private mutating func nextGroup() throws -> [ReadLine]? {
    var group: [ReadLine] = []
    var bytes = 0
    while group.count < Self.groupLinesMax, bytes < Self.groupBytesMax, group.isEmpty || reader.isReady {
      guard let line = try reader.line() else { break }
      bytes += line.byteCount
      let event = Self.parse(line)
      if reader.number == 1 { looksLikeMail = Self.isMailHeader(line) }
      let warning = (try? event.get()).flatMap { look(at: $0) }
      group.append(
        ReadLine(number: reader.number, byteCount: line.byteCount, event: event, warning: warning))
      progress.add(bytes: line.byteCount + 1)
    }
    return group.isEmpty ? nil : group
  }

  /// Whether a line is a field of a mail's header, as in `Subject: Hello`.
  private static func isMailHeader(_ line: LineReader.Line) -> Bool {
    guard case .bytes(let bytes) = line, let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
      return false
    }
    return bytes[..<colon].allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
  }

  /// What somebody should look at in a line, if anything.
  private mutating func look(at event: NewEvent) -> String? {
    let warnings = [unknownMembers.look(event), unkeptNames.look(event)].compactMap(\.self)
    return warnings.isEmpty ? nil : warnings.joined(separator: "; ")
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
        return .failure(.init(error, in: bytes))
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
        outcome.receipts.append(line.receipt(.failure(error)))
      case .success:
        let result = results[next]
        next += 1
        if case .failure(let error) = result, CommandFailure.endsAppending(error.code) {
          outcome.failure = failure(error)
        }
        outcome.receipts.append(line.receipt(result.mapError { .init($0) }))
      }
    }
    return outcome
  }

  /// Why the store takes no more, or not this batch, and what to do.
  private static func failure(_ error: StoreError) -> CommandFailure {
    var failure = CommandFailure(error)
    if error.code == .limitExceeded { failure.hint = "Without --batch any number of lines is taken." }
    guard CommandFailure.endsAppending(error.code) else { return failure }
    let first = error.code == .diskFull ? "Free some space, then append" : "Append"
    failure.hint =
      "What has a receipt with a position is stored; a line of status unknown may be.\n  \(first) the same again "
      + "to settle it: nothing is stored twice, unless its line has no `id`."
    return failure
  }

  /// Writes the receipts. Throws when the store takes no more, after the receipts that say so.
  private mutating func write(_ outcome: GroupOutcome) throws {
    outcome.receipts.forEach { tally.count($0.outcome) }
    try write(outcome.receipts)
    if let failure = outcome.failure { throw failure }
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
