import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Who waits for a commit, and whether somebody leads: the first to come commits for all who come meanwhile. No
/// timer: a lone append is never held back for company.
final class CommitQueue: Sendable {
  /// A small batch of a suspended task, not looked at yet: whoever leads does that for all of them, as waking a thread for
  /// each would take longer.
  struct Arrival: Sendable {
    let batch: AppendBatch
    let continuation: CheckedContinuation<Submission.Answer, Never>
  }

  private struct State {
    var waiting: [Submission] = []
    var arrivals: [Arrival] = []
    var isLed = false
    var lastGroupCount = 0
  }

  private let state = Mutex(State())

  /// Queues a submission; true when the caller must lead.
  func add(_ submission: Submission) -> Bool {
    state.withLock { state in
      state.waiting.append(submission)
      defer { state.isLed = true }
      return !state.isLed
    }
  }

  /// Queues a batch that nobody looked at yet; true when the caller must see to it that somebody leads.
  func add(_ arrival: Arrival) -> Bool {
    state.withLock { state in
      state.arrivals.append(arrival)
      defer { state.isLed = true }
      return !state.isLed
    }
  }

  /// Queues a submission for whoever calls this to lead.
  func addOwn(_ submission: Submission) { state.withLock { $0.waiting.append(submission) } }

  /// The batches that came and that nobody looked at, for the leader.
  func takeArrivals() -> [Arrival] {
    // Those of the last group were just answered and may be about to come back: one turn for them.
    let isShort = state.withLock { state in
      let count = state.waiting.count + state.arrivals.count
      return count > 0 && count < state.lastGroupCount
    }
    if isShort { sched_yield() }
    return state.withLock { state in
      defer { state.arrivals.removeAll(keepingCapacity: true) }
      return state.arrivals
    }
  }

  /// Gives the lead up when nobody waits; false when somebody does.
  func resignIfIdle() -> Bool {
    state.withLock { state in
      guard state.waiting.isEmpty, state.arrivals.isEmpty else { return false }
      state.isLed = false
      return true
    }
  }

  /// The next group for the leader: empty when the arrivals are to be taken first, nil when nobody waits, and then nobody
  /// leads any more.
  func takeGroup() -> [Submission]? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.isLed = !state.arrivals.isEmpty
        return state.isLed ? [] : nil
      }
      var size = GroupSize()
      let group = state.waiting.prefix { size.add($0.batch) }
      // A batch above the group's limits goes alone.
      let count = min(state.waiting.count, max(1, group.count))
      let taken = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(count)
      state.lastGroupCount = count
      return taken
    }
  }
}

/// What the batches of a group come to. More than one share a frame only while readers take it, whatever is in them.
private struct GroupSize {
  private var plainCount = 0
  private var events = 0

  /// Counts a batch; false when it is not to be with those before it.
  mutating func add(_ batch: PreparedBatch) -> Bool {
    plainCount += batch.plainCount
    events += batch.records.count
    return plainCount <= LogLimits.groupBytesMax && events <= LogLimits.batchEventsMax
      && blocksMax <= FrameHeader.blocksMax
  }

  /// The most blocks that so many events and bytes are laid out in. Two neighbours of contents have more than a full
  /// block's bytes together, unless the first was closed before or behind the contents of a large batch, which have
  /// that much alone.
  private var blocksMax: Int {
    events / RecordSlot.perBlock + 1 + 4 * plainCount / LogLimits.blockBytesMax + 1
  }
}
