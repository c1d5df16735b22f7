import ParleyEnvelope
import Synchronization

// Sealing complete segments, and the index runs over what is sealed.

/// How much sealing and merging is done at once.
enum SealingScope {
  /// What has come together for as much as a sealed segment holds, and small ones as soon as four are alike.
  case due
  /// What is due, and every complete segment.
  case everything
  /// Everything, and no two sealed segments stay that fit into one.
  case compact
}

extension SegmentUpkeep {
  /// Does what a scope asks for, and waits for it.
  func finish(_ scope: SealingScope) throws(LogError) {
    try publishAll()
    try seal(scope)
  }

  func seal(_ scope: SealingScope) throws(LogError) {
    try sealing.withLock { _ throws(LogError) in
      try indexSealed()
      try mergeRuns(all: false)
      try sealGroups { () throws(LogError) in backlog(all: scope != .due).map { .frames($0) } }
      // No run then ends between segments that are to become one, nor has more than is needed in the end.
      if scope == .compact { try mergeRuns(all: true) }
      try sealGroups { () throws(LogError) in try smallSealed(all: scope == .compact).map { .sealed($0) } }
      if scope == .compact { try mergeRuns(all: true) }
    }
  }

  /// Makes sealed segments as long as there is something to make them from.
  private func sealGroups(_ next: () throws(LogError) -> [LogView.Segment]) throws(LogError) {
    while !isToStop {
      let group = try next()
      guard let first = group.first else { return }
      defer { isOneDone.store(true, ordering: .relaxed) }
      switch try seal(group) {
      case .sealed(let new):
        try publish(new)
        try mergeRuns(all: false)
      case .damaged(let segment): _ = unsealable.withLock { $0.insert(segment.base) }
      case .nothingGained: _ = unsealable.withLock { $0.insert(first.base) }
      case .cancelled: return
      }
    }
  }

  /// Whether something is due.
  func isSealingDue() throws(LogError) -> Bool {
    let view = view.value
    if !view.isIndexed || view.runs.contains(where: \.isDamaged) || !backlog(all: false).isEmpty {
      return true
    }
    if try !RunMerge.candidates(view.runs, all: false).isEmpty { return true }
    return try !smallSealed(all: false).isEmpty
  }

  /// Whether sealing is to stop where it stands: the log is closed. Where much waits one is sealed even so, as a store that
  /// is never open for long would not get it done.
  private var isToStop: Bool {
    isClosing.load(ordering: .relaxed)
      && (isOneDone.load(ordering: .relaxed) || backlogCount <= LogLimits.unhurriedBacklogMax)
  }

  /// Segments in frames that are worth sealing together: as many as a sealed segment may hold, or all there are.
  private func backlog(all: Bool) -> [FrameSegment] {
    let skipped = unsealable.withLock { $0 }
    var group: [FrameSegment] = []
    for segment in view.value.frames.dropLast() {
      if segment.isIndexedInMemory || skipped.contains(segment.base)
        || segment.base != group.last?.end ?? segment.base
      {
        if isWorthSealing(group, all: all) { return group }
        group = []
      }
      if !segment.isIndexedInMemory, !skipped.contains(segment.base) { group.append(segment) }
    }
    return isWorthSealing(group, all: all) ? group : []
  }

  private func isWorthSealing(_ group: [FrameSegment], all: Bool) -> Bool {
    if all { return !group.isEmpty }
    return group.reduce(0) { $0 + $1.count } >= options.sealedEventsMax
      || group.reduce(0) { $0 + $1.endOffset } >= options.sealedContentBytesMax
  }

  /// Sealed segments that fit into one.
  private func smallSealed(all: Bool) throws(LogError) -> [SealedSegment] {
    let skipped = unsealable.withLock { $0 }
    let view = view.value
    let fits = { (group: ArraySlice<SealedSegment>) throws(LogError) in
      guard !group.contains(where: { skipped.contains($0.base) }),
        group.reduce(0, { $0 + $1.count }) <= self.options.sealedEventsMax,
        group.reduce(0, { $0 + $1.byteCount }) <= self.options.sealedContentBytesMax,
        let first = group.first, let last = group.last
      else { return false }
      // A run is over whole segments.
      let positions = first.base..<last.end
      guard
        view.runs.allSatisfy({
          !$0.positions.overlaps(positions) || $0.positions.contains(positions)
            || positions.contains($0.positions)
        })
      else { return false }
      var contentBytes = 0
      for segment in group {
        guard let bytes = try segment.contentByteCountMax() else { return false }
        contentBytes += bytes
      }
      return contentBytes <= self.options.sealedContentBytesMax
    }
    return all
      ? try MergePolicy.all(view.sealed, \.positions, where: fits)
      : try MergePolicy.due(view.sealed, \.positions, where: fits)
  }

  private func seal(_ group: [LogView.Segment]) throws(LogError) -> SegmentSealer.Outcome {
    var candidates: [SegmentSealer.Candidate] = []
    let frames = view.value.frames
    for segment in group {
      switch segment {
      case .frames(let source):
        guard let index = frames.firstIndex(where: { $0 === source }) else { return .cancelled }
        let successor = frames[index + 1].header
        let replaced = SealedFooter.Replaced(
          base: source.base, nextSequence: successor.firstSequence, lastDigest: successor.predecessorDigest)
        candidates.append(SegmentSealer.Candidate(segment: segment, replaced: [replaced]))
      case .sealed(let source):
        guard let replaced = try source.file()?.replaced() else { return .damaged(segment) }
        candidates.append(SegmentSealer.Candidate(segment: segment, replaced: replaced))
      }
    }
    let sealer = SegmentSealer(
      environment: environment, descriptor: files.descriptor, options: options,
      isHurried: backlogCount > LogLimits.unhurriedBacklogMax,
      isCancelled: { self.isToStop })
    return try sealer.seal(candidates)
  }

  /// Puts a sealed segment in the place of what it was made from: on disk, in the manifest, in the view, and only then
  /// removes that.
  private func publish(_ new: SegmentSealer.NewSegment) throws(LogError) {
    let storage = environment.storage
    let segment = SealedSegment(new.positions, byteCount: new.byteCount, files.sealedFiles)
    try disk { () throws(StorageError) in
      try storage.rename(segment.path + ".new", to: segment.path)
      try storage.syncDirectory(SealedSegment.directory)
    }
    let old = view.value.runs.filter { $0.positions.overlaps(new.positions) }
    // A run over more than this has what is needed.
    let isCovered = old.contains { $0.positions.contains(new.positions) && $0.positions != new.positions }
    let run = isCovered ? nil : try publishRun(new.positions, new.events, new.streams)
    for case .sealed(let source) in new.sources { try source.hold() }
    try manifest.withLock { manifest throws(LogError) in
      try publish(&manifest, sealed: segment)
      view.seal(segment, run)
    }
    wakeWaiting()
    try remove(new.sources.flatMap(\.paths), in: FrameSegment.directory, SealedSegment.directory)
    if let run { try remove(old.map(\.path).filter { $0 != run.path }, in: IndexRun.directory) }
  }

  /// Removes files that are there, durably.
  private func remove(_ paths: [String], in directories: String...) throws(LogError) {
    guard !paths.isEmpty else { return }
    let storage = environment.storage
    try disk { () throws(StorageError) in
      for path in paths where try storage.exists(path) { try storage.remove(path) }
      for directory in directories where try storage.exists(directory) {
        try storage.syncDirectory(directory)
      }
    }
  }

  private func publishRun(
    _ positions: Range<Position>, _ events: [IndexRun.EventEntry],
    _ streams: [IndexRun.StreamEntry]
  ) throws(LogError) -> IndexRun {
    let storeID = files.descriptor.storeID
    var writer = IndexRunWriter(positions, segmentCount: 1, storeID: storeID)
    for entry in events { writer.append(entry) }
    for entry in streams { writer.append(entry) }
    try writer.finish()
    try publish(writer.take(), as: IndexRun.path(positions), in: IndexRun.directory)
    return IndexRun(positions, segmentCount: 1, files.sealedFiles)
  }

  /// Makes a run for every sealed segment that no whole one covers.
  private func indexSealed() throws(LogError) {
    for run in view.value.runs where try !run.isOpenable() {
      view.remove(run)
      try remove([run.path], in: IndexRun.directory)
    }
    for case .sealed(let segment) in view.value.parts where !isClosing.load(ordering: .relaxed) {
      guard let keys = try SealedKeys(segment) else { continue }
      view.add(try publishRun(segment.positions, keys.events, keys.streams))
    }
  }

  /// Merges runs until few are left, or one.
  private func mergeRuns(all: Bool) throws(LogError) {
    let storage = environment.storage
    while !isClosing.load(ordering: .relaxed) {
      let view = view.value
      var runs = try RunMerge.candidates(view.runs, all: all)
      if all, runs.isEmpty {
        // What of it is from before segments were merged is left out.
        runs = view.runs.first { view.covered(by: $0).count < $0.segmentCount }.map { [$0] } ?? []
      }
      guard !runs.isEmpty else { return }
      let merge = RunMerge(
        runs: runs, segments: runs.flatMap(view.covered), storeID: files.descriptor.storeID, storage: storage,
        isCancelled: { self.isClosing.load(ordering: .relaxed) })
      let merged = IndexRun(merge.positions, segmentCount: merge.segments.count, files.sealedFiles)
      let path = merged.path + ".new"
      do throws(LogError) {
        guard try merge.write(to: path) else {
          try? storage.remove(path)
          return
        }
      } catch {
        try? storage.remove(path)
        // A damaged one is made again from its segments.
        runs.first { $0.path == error.file }?.noteDamage()
        throw error
      }
      try disk { () throws(StorageError) in
        try storage.rename(path, to: merged.path)
        try storage.syncDirectory(IndexRun.directory)
      }
      self.view.add(merged)
      try remove(runs.map(\.path).filter { $0 != merged.path }, in: IndexRun.directory)
    }
  }

  /// Removes what an interrupted sealing left.
  func removeLeftovers() throws(LogError) {
    try leftovers.withLock { leftovers throws(LogError) in
      try remove(leftovers, in: FrameSegment.directory, SealedSegment.directory, IndexRun.directory)
      leftovers = []
    }
  }
}
