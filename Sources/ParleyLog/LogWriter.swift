import Dispatch
import ParleyEnvelope
import Synchronization

/// The one writer of a store: commits groups of batches, each as one frame that is durable, or written where that is all
/// that is promised, before anyone is answered, and begins the next segment when one is full: no frame is taken before that
/// is there.
///
/// A write or sync that fails stops it for good: every waiter gets the error, later appends get it at once, reads
/// go on. What the failed group stored is decided when the store is opened again. Only what is refused before a byte of it
/// is written, as it is over a limit or the disk has no room for the next segment, leaves the writer as it was. What fails
/// behind a frame that is durable fails the next: its own group is answered.
final class LogWriter: Sendable {
  private let environment: LogEnvironment
  private let files: StoreFiles
  private let options: LogOptions
  private let view: SharedView
  private let queue = CommitQueue()
  private let state: Mutex<CommitState>
  private let stopped = Mutex<LogError?>(nil)
  /// Held by whoever syncs the segment being written; how that failed.
  private let syncFailure = Mutex<LogError?>(nil)
  private let upkeep: SegmentUpkeep
  private let scrub: Scrub
  private let lock: any StorageLock

  /// What only the leader touches.
  private struct CommitState {
    var builder = FrameBuilder()
    let watermarkFile: any StorageFile
    /// Behind the last frame.
    var end: LogEnd
    /// Behind the last frame that is durable.
    var durableEnd: LogEnd
    var tail: ZeroedTail
    var generation: UInt64
    var recordedAt: Timestamp
    var pendingCut: Int?
    /// Whether nothing was changed yet for the group under way: refusing it leaves all as it was.
    var isUntouched = true
    /// Bytes committed since the watermark was synced.
    var bytesSinceMarkSync = 0
    /// When the first frame was written that is not durable yet; nil when there is none.
    var unsyncedSince: Timestamp?
  }

  init(
    _ environment: LogEnvironment, _ files: StoreFiles, _ options: LogOptions, _ view: SharedView,
    _ recovered: Recovery.Outcome, lock: any StorageLock
  ) throws(LogError) {
    self.environment = environment
    self.files = files
    self.options = options
    self.view = view
    self.lock = lock
    upkeep = SegmentUpkeep(environment, files, view, options)
    scrub = Scrub(environment, storeID: files.descriptor.storeID, view, options)
    let active = recovered.view.active
    let storage = environment.storage
    let file = try disk { () throws(StorageError) in
      let isThere = try storage.exists(Watermark.path)
      let file = try storage.open(Watermark.path, isThere ? .readWrite : .create)
      // Also when it was there: whoever made it, or the store itself, may have failed to sync the name.
      try storage.syncDirectory("")
      return file
    }
    let end = LogEnd(
      segment: active.base, offset: active.endOffset, head: recovered.view.head,
      nextSequence: recovered.nextSequence, lastDigest: recovered.lastDigest)
    let tail = ZeroedTail(path: active.path, storage: storage, options: options, from: end.offset)
    state = Mutex(
      CommitState(
        watermarkFile: file, end: end, durableEnd: end, tail: tail, generation: recovered.watermarkGeneration,
        recordedAt: try Self.lastRecordedAt(recovered.view), pendingCut: recovered.pendingCut))
    try state.withLock { state throws(LogError) in
      // Both slots, whatever was lost of them: the next opening shall have two to choose from.
      try writeMark(&state, syncs: false)
      try writeMark(&state, syncs: true)
    }
    upkeep.run(options.upkeep)
    if options.upkeep == .background { scrub.start() }
  }

  /// Events looked back over for the log's clock when the last ones are damaged.
  private static let clockEventsMax = 1_000

  /// The time of the last event that can be read, from which the log's clock goes on; never before the segment
  /// was begun.
  private static func lastRecordedAt(_ view: LogView) throws(LogError) -> Timestamp {
    var position = view.head
    while position > .start, position.distance(to: view.head) < clockEventsMax {
      position = Position(position.rawValue - 1)
      if case .record(let record) = try view.read(position) {
        return max(record.envelope.recordedAt, view.active.header.createdAt)
      }
    }
    return view.active.header.createdAt
  }

  // MARK: - Appending

  /// Blocks until the batch is durable or refused.
  func append(_ batch: AppendBatch) throws(LogError) -> AppendOutcome {
    let (prepared, lookup) = try prepare(batch)
    if let outcome = Self.decided(prepared, lookup) { return outcome }
    let submission = Submission(prepared, lookup)
    if queue.add(submission) { lead(until: submission) }
    return try submission.wait().get()
  }

  /// Queues the batch and answers through the continuation. Returns at once: an I/O thread does the rest.
  func append(_ batch: AppendBatch, _ continuation: CheckedContinuation<Submission.Answer, Never>) {
    let arrival = CommitQueue.Arrival(batch: batch, continuation: continuation)
    if Self.isLarge(batch) {
      IOThreads.shared.submit {
        if let submission = self.submission(of: arrival), self.queue.add(submission) { self.lead(until: nil) }
      }
    } else if queue.add(arrival) {
      IOThreads.shared.submit { self.lead(until: nil) }
    }
  }

  /// Whether preparing a batch is worth a thread: above 16 events or 16 KiB of contents, which take the leader about 30 µs.
  private static func isLarge(_ batch: AppendBatch) -> Bool {
    batch.records.count > 16 || batch.records.reduce(0) { $0 + $1.body.count } > 16 * 1_024
  }

  /// Prepares a batch; nil when it has its answer.
  private func submission(of arrival: CommitQueue.Arrival) -> Submission? {
    do throws(LogError) {
      let (prepared, lookup) = try prepare(arrival.batch)
      if let outcome = Self.decided(prepared, lookup) {
        arrival.continuation.resume(returning: .success(outcome))
        return nil
      }
      return Submission(prepared, lookup, arrival.continuation)
    } catch {
      arrival.continuation.resume(returning: .failure(error))
      return nil
    }
  }

  /// Checks a batch, begins to encode it, and looks its ids up, and its streams when it may be stored.
  private func prepare(_ batch: AppendBatch) throws(LogError) -> (PreparedBatch, BatchLookup) {
    try checkRunning()
    let prepared = try PreparedBatch(batch, random: environment.random)
    let view = view.value
    var lookup = BatchLookup(
      head: view.head, checked: view.frames.first { $0.isIndexedInMemory }?.base ?? view.head)
    // What is in flight is found already, and is no answer before it is durable.
    try view.forEachKnown(prepared.keys) { if $1 < view.head { lookup.known[$0] = $1 } }
    if Self.reported(prepared, lookup).isEmpty { lookup.tails = try view.tails(of: prepared.keys) }
    return (prepared, lookup)
  }

  /// The answer to a batch of which something is known already: no commit is needed to say so.
  private static func decided(_ batch: PreparedBatch, _ lookup: BatchLookup) -> AppendOutcome? {
    let reported = Self.reported(batch, lookup)
    guard !reported.isEmpty else { return nil }
    batch.cancel()
    return .known(
      reported.map { KnownRecord(index: $0.key, position: $0.value) }.sorted { $0.index < $1.index })
  }

  /// The known records that keep a batch from being stored, by index.
  private static func reported(_ batch: PreparedBatch, _ lookup: BatchLookup) -> [Int: Position] {
    lookup.known.filter { batch.records[$0.key].ifKnown == .report }
  }

  // MARK: - Leading

  /// Commits group after group until nobody waits, or hands over once a certain submission is answered.
  private func lead(until own: Submission?) {
    while true {
      for arrival in queue.takeArrivals() {
        if let submission = submission(of: arrival) { queue.addOwn(submission) }
      }
      guard let group = queue.takeGroup() else { return }
      if group.isEmpty { continue }
      commit(group)
      if let own, own.isFinished {
        if queue.resignIfIdle() { return }
        if options.upkeep == .inline { continue }
        // Others came meanwhile: this thread has its answer and is not made to serve them.
        IOThreads.shared.submit { self.lead(until: nil) }
        return
      }
    }
  }

  private func commit(_ group: [Submission]) {
    let answers: [Submission.Answer]
    do throws(LogError) {
      try checkRunning()
      answers = try state.withLock { state throws(LogError) in
        do throws(LogError) {
          return try commit(group, &state).map { .success($0) }
        } catch {
          stop(unlessRefused: error, &state)
          throw error
        }
      }
    } catch {
      answers = group.map { _ in .failure(error) }
    }
    for (submission, answer) in zip(group, answers) { submission.finish(answer) }
  }

  private func commit(_ group: [Submission], _ state: inout CommitState) throws(LogError) -> [AppendOutcome] {
    state.isUntouched = true
    try finishPendingCut(&state)
    if isFull(view.value.active, upTo: state.end.offset) { try roll(&state) }
    state.recordedAt = max(state.recordedAt, environment.clock())
    let events = group.reduce(0) { $0 + $1.batch.keys.count }
    var plan = GroupPlan(
      view: view.value, recordedAt: state.recordedAt, submissions: group.count, events: events)
    for submission in group { try plan.add(submission) }
    if !plan.keys.isEmpty {
      try write(plan, group, &state)
      rollAhead(&state)
      if state.tail.begin() { run(state.tail) }
    }
    return plan.outcomes
  }

  /// Whether a segment holds as much as one may: what opening the store takes grows with each of these.
  private func isFull(_ segment: FrameSegment, upTo offset: Int) -> Bool {
    // One without events never is: the next would have its name.
    guard segment.count > 0 else { return false }
    if offset >= options.segmentBytesMax { return true }
    return segment.memory?.content.withLock { index in
      index.count >= options.segmentEventsMax || index.contentCount >= options.segmentContentBytesMax
        || index.frames.frames.count >= options.segmentFramesMax
    } ?? false
  }

  /// One frame: written, synced unless that may wait, and only then shown; marked when it is synced.
  private func write(_ plan: GroupPlan, _ group: [Submission], _ state: inout CommitState) throws(LogError) {
    for (submission, placed) in zip(group, plan.placed) {
      submission.batch.append(placed, recordedAt: plan.recordedAt, to: &state.builder)
    }
    let active = plan.view.active
    let frame = try state.builder.finish(
      sequence: state.end.nextSequence, base: plan.view.head, previousDigest: state.end.lastDigest,
      durableHead: state.durableEnd.head, nonce: active.header.nonce)
    let offset = state.end.offset
    state.isUntouched = false
    state.tail.claim(upTo: offset + frame.header.paddedCount)
    indexBeside(plan)
    try disk { () throws(StorageError) in
      try state.builder.bytes.withBytes { span throws(StorageError) in
        try active.file.write(span, at: offset)
      }
    }
    let unsyncedBytes = offset + frame.header.paddedCount - state.durableEnd.offset
    let isSynced = options.durability == .sync || unsyncedBytes >= options.unsyncedBytesMax
    if isSynced { try sync(active.file) }
    state.end.append(frame.header, frame.digest)
    state.bytesSinceMarkSync += frame.header.paddedCount
    view.append(frame.header, at: offset, keys: plan.keys)
    if isSynced {
      // The frame is durable, and proves itself.
      do throws(LogError) { try noteDurable(state.end, &state) } catch { stop(error, &state) }
    } else {
      syncSoon(&state)
    }
  }

  /// Writes the watermark for a durable end.
  private func noteDurable(_ end: LogEnd, _ state: inout CommitState) throws(LogError) {
    state.durableEnd = end
    if end == state.end { state.unsyncedSince = nil }
    try writeMark(&state, syncs: state.bytesSinceMarkSync >= LogLimits.segmentBytesMax)
  }

  private func writeMark(_ state: inout CommitState, syncs: Bool) throws(LogError) {
    state.generation += 1
    let end = state.durableEnd
    let mark = Watermark(
      generation: state.generation, storeID: files.descriptor.storeID, segment: end.segment,
      durableOffset: end.offset, head: end.head, nextSequence: end.nextSequence, lastDigest: end.lastDigest,
      durability: options.durability)
    let file = state.watermarkFile
    try disk { () throws(StorageError) in
      try mark.write(to: file)
      if syncs { try file.sync() }
    }
    if syncs { state.bytesSinceMarkSync = 0 }
  }

  // MARK: - Syncing

  /// Syncs the segment being written. Once that failed it is never tried again: the system tells of lost pages once, and
  /// calls them clean after that.
  private func sync(_ file: any StorageFile) throws(LogError) {
    try syncFailure.withLock { failure throws(LogError) in
      if let failure { throw failure }
      do throws(LogError) {
        try disk { () throws(StorageError) in try file.sync() }
      } catch {
        failure = error
        throw error
      }
    }
  }

  /// Lets what was just written be synced before long.
  private func syncSoon(_ state: inout CommitState) {
    let now = environment.clock()
    let isFirst = state.unsyncedSince == nil
    let since = state.unsyncedSince ?? now
    state.unsyncedSince = since
    switch options.upkeep {
    case .inline:
      guard !(0..<Int64(LogLimits.syncDelay * 1_000_000)).contains(now - since) else { return }
      do throws(LogError) { try syncNow(&state) } catch { stop(error, &state) }
    case .background:
      guard isFirst else { return }
      DispatchQueue.global().asyncAfter(deadline: .now() + LogLimits.syncDelay) {
        IOThreads.shared.submit { self.syncBeside() }
      }
    }
  }

  /// Syncs what has been written by now, while others commit.
  private func syncBeside() {
    let reached = state.withLock { state -> (end: LogEnd, file: any StorageFile)? in
      guard state.unsyncedSince != nil else { return nil }
      // What comes from now on waits for a sync of its own.
      state.unsyncedSince = nil
      return (state.end, view.value.active.file)
    }
    guard let reached else { return }
    do throws(LogError) {
      try checkRunning()
      try sync(reached.file)
      try state.withLock { state throws(LogError) in
        // Whoever stopped meanwhile may have given the lock up: another writer's mark is not ours to write over.
        try checkRunning()
        if reached.end.head > state.durableEnd.head { try noteDurable(reached.end, &state) }
      }
    } catch {
      state.withLock { stop(error, &$0) }
    }
  }

  /// Syncs what is not durable yet.
  private func syncNow(_ state: inout CommitState) throws(LogError) {
    guard state.durableEnd != state.end else { return }
    state.isUntouched = false
    try sync(view.value.active.file)
    try noteDurable(state.end, &state)
    state.isUntouched = true
  }

  /// Makes everything durable that was acknowledged.
  func sync() throws(LogError) {
    try checkRunning()
    try state.withLock { state throws(LogError) in
      do throws(LogError) {
        try syncNow(&state)
      } catch {
        stop(error, &state)
        throw error
      }
    }
  }

  /// What answers promise.
  var durability: LogDurability { options.durability }

  /// Indexes a large group on another core while this thread waits for the disk. Where no other comes to it in
  /// time, showing the frame does it.
  private func indexBeside(_ plan: GroupPlan) {
    guard plan.keys.count >= Self.besideEventsMin, options.upkeep == .background,
      let memory = plan.view.active.memory
    else { return }
    let first = plan.view.active.base.distance(to: plan.view.head)
    IOThreads.shared.submit { memory.content.withLock { $0.insert(plan.keys, at: first) } }
  }

  /// Events of a group that is worth waking another core for: about 50 µs.
  private static let besideEventsMin = 256

  private func run(_ tail: ZeroedTail) {
    switch options.upkeep {
    case .inline: tail.extend()
    case .background: IOThreads.shared.submit { tail.extend() }
    }
  }

  /// Ends the zeros of the active segment and cuts them off. A cut that fails or is undone by a crash costs
  /// nothing but the room they take.
  private func cutZeros(_ state: inout CommitState) {
    if state.tail.stop() { try? view.value.active.file.truncate(to: state.end.offset) }
  }

  /// Begins the next segment once one is full. What fails here fails the next group: this one's frame is there.
  private func rollAhead(_ state: inout CommitState) {
    guard stopped.withLock({ $0 == nil }), isFull(view.value.active, upTo: state.end.offset) else { return }
    state.isUntouched = true
    do throws(LogError) { try roll(&state) } catch { stop(unlessRefused: error, &state) }
  }

  /// Goes on in a new segment; the full one gets its directory and its place in the manifest off this path. Throws
  /// `diskFull`, and all is as it was, when there is no room for one.
  private func roll(_ state: inout CommitState) throws(LogError) {
    let head = view.value.head
    let full = view.value.active.memory
    try syncNow(&state)
    cutZeros(&state)
    let active = try SegmentCreation.run(
      environment, files: files, base: head, sequence: state.end.nextSequence, digest: state.end.lastDigest)
    state.isUntouched = false
    state.end.segment = head
    state.end.offset = SegmentHeader.regionByteCount
    state.durableEnd = state.end
    state.tail = ZeroedTail(
      path: active.path, storage: environment.storage, options: options, from: state.end.offset,
      committed: state.tail.committed)
    try writeMark(&state, syncs: true)
    if let (events, streams) = full?.content.withLock({ ($0.count, $0.streamCount) }) {
      // The next segment will be about like this one: no pause to grow tables.
      active.memory?.content.withLock { $0.reserveCapacity(events, streams: streams) }
    }
    view.roll(to: active)
    upkeep.run(options.upkeep)
    upkeep.waitForRoom()
  }

  /// Rolls the segment being written, if it has events, and seals everything that is complete, or more.
  func seal(_ scope: SealingScope) throws(LogError) {
    try checkRunning()
    try state.withLock { state throws(LogError) in
      guard view.value.active.count > 0 else { return }
      state.isUntouched = true
      do throws(LogError) {
        try finishPendingCut(&state)
        try roll(&state)
      } catch {
        stop(unlessRefused: error, &state)
        throw error
      }
    }
    try upkeep.finish(scope)
  }

  /// Reads the next segment that it is time to read again; gives the bytes that it has, 0 when there is none.
  func scrubNext() throws(LogError) -> Int { try scrub.step() }

  /// Cuts a torn tail that could not be kept aside when the store was opened, as the disk was full.
  private func finishPendingCut(_ state: inout CommitState) throws(LogError) {
    guard let offset = state.pendingCut else { return }
    let active = view.value.active
    let storage = environment.storage
    try disk { () throws(StorageError) in
      try TornTail.cut(active.file, path: active.path, at: offset, storage: storage)
    }
    state.pendingCut = nil
  }

  // MARK: - Stopping

  private func checkRunning() throws(LogError) {
    guard let error = stopped.withLock({ $0 }) else { return }
    throw error
  }

  /// No write is retried and no sync: what they left is unknown until the store is opened again. What was refused before
  /// anything was written leaves nothing.
  private func stop(unlessRefused error: LogError, _ state: inout CommitState) {
    if state.isUntouched, error.code == .limit || error.code == .diskFull { return }
    stop(error, &state)
  }

  private func stop(_ error: LogError, _ state: inout CommitState) {
    _ = state.tail.stop()
    stopped.withLock { stopped in
      guard stopped == nil else { return }
      stopped =
        error.code == .notWritable
        ? error
        : LogError(
          .writerStopped,
          "appends have stopped after a failure: \(error.message); nothing acknowledged is lost; "
            + "open the store again to go on", file: error.file, offset: error.offset)
    }
  }

  /// Why appends have stopped, nil while they have not.
  var failure: LogError? { stopped.withLock { $0?.code == .notWritable ? nil : $0 } }

  var upkeepFailure: LogError? { upkeep.failure }

  /// Waits for the commit under way, syncs the watermark and gives the lock up. Later appends are refused.
  func close() {
    state.withLock { state in
      if stopped.withLock({ $0 == nil }) {
        do throws(LogError) { try syncNow(&state) } catch { stop(error, &state) }
      }
      let isRunning = stopped.withLock { $0 == nil }
      if isRunning { cutZeros(&state) }
      stop(LogError(.notWritable, "the store is closed: open it again to append"), &state)
      if isRunning { try? state.watermarkFile.sync() }
    }
    upkeep.close()
    scrub.close()
    lock.release()
  }
}
