import ParleyEnvelope
import Synchronization

// Sealing complete segments, and the index runs over what is sealed.

extension SegmentUpkeep {
  /// Seals everything that is complete, and waits for it.
  func sealAll() throws(LogError) {
    try publishAll()
    try sealBacklog(all: true)
  }

  /// Complete segments in frames that follow each other and are worth sealing together: as many as a sealed segment may
  /// hold, or all there are.
  func backlog(all: Bool, but skipped: Set<Position> = []) -> [FrameSegment] {
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

  func sealBacklog(all: Bool) throws(LogError) {
    try unsealable.withLock { unsealable throws(LogError) in
      try indexSealed()
      try mergeRuns()
      while !isClosing.load(ordering: .relaxed) {
        let group = backlog(all: all, but: unsealable)
        guard !group.isEmpty else { return }
        switch try seal(group) {
        case .sealed(let segment):
          try publish(segment)
          try mergeRuns()
        case .damaged(let segment):
          unsealable.insert(segment.base)
          damagedCount.store(unsealable.count, ordering: .relaxed)
        case .cancelled: return
        }
      }
    }
  }

  private func seal(_ group: [FrameSegment]) throws(LogError) -> SegmentSealer.Outcome {
    let sealer = SegmentSealer(
      environment: environment, descriptor: files.descriptor, options: options,
      isHurried: backlogCount > LogLimits.unhurriedBacklogMax,
      isCancelled: { self.isClosing.load(ordering: .relaxed) })
    let frames = view.value.frames
    let chain = zip(frames, frames.dropFirst()).filter { segment, _ in group.contains { $0 === segment } }
    return try sealer.seal(
      group,
      chain: chain.map { segment, successor in
        SealedFooter.Replaced(
          base: segment.base, nextSequence: successor.header.firstSequence,
          lastDigest: successor.header.predecessorDigest)
      })
  }

  /// Puts a sealed segment in the place of what it was made from: on disk, in the manifest, in the view, and only then
  /// removes that.
  func publish(_ new: SegmentSealer.NewSegment) throws(LogError) {
    let storage = environment.storage
    let segment = SealedSegment(
      base: new.base, count: new.count, byteCount: new.byteCount,
      storeID: files.descriptor.storeID, storage: storage, openSegments: files.openSegments)
    try disk { () throws(StorageError) in
      try storage.rename(segment.path + ".new", to: segment.path)
      try storage.syncDirectory(SealedSegment.directory)
    }
    let run = try publishRun(segment.base..<segment.end, new.events, new.streams)
    try manifest.withLock { manifest throws(LogError) in
      try publish(&manifest, sealed: segment)
      view.seal(segment, run)
    }
    wakeWaiting()
    let sources = new.sources
    try disk { () throws(StorageError) in
      for source in sources {
        try storage.remove(source.path)
        let directory = FrameSegment.directoryPath(base: source.base)
        if try storage.exists(directory) { try storage.remove(directory) }
      }
      try storage.syncDirectory(FrameSegment.directory)
    }
  }

  private func publishRun(
    _ positions: Range<Position>, _ events: [IndexRun.EventEntry],
    _ streams: [IndexRun.StreamEntry]
  ) throws(LogError) -> IndexRun {
    let storeID = files.descriptor.storeID
    var writer = IndexRunWriter(positions, storeID: storeID)
    for entry in events { writer.append(entry) }
    for entry in streams { writer.append(entry) }
    try writer.finish()
    try publish(writer.take(), as: IndexRun.path(positions), in: IndexRun.directory)
    return IndexRun(positions: positions, storeID: storeID, storage: environment.storage)
  }

  /// Makes a run for every sealed segment that no whole one covers.
  private func indexSealed() throws(LogError) {
    let storage = environment.storage
    for run in view.value.runs where try !run.isOpenable() {
      view.remove(run)
      try disk { () throws(StorageError) in
        if try storage.exists(run.path) { try storage.remove(run.path) }
      }
    }
    for case .sealed(let segment) in view.value.parts where !isClosing.load(ordering: .relaxed) {
      guard let keys = try SealedKeys(segment) else { continue }
      view.add(try publishRun(segment.base..<segment.end, keys.events, keys.streams))
    }
  }

  /// Merges runs until few are left.
  private func mergeRuns() throws(LogError) {
    let storage = environment.storage
    while !isClosing.load(ordering: .relaxed) {
      let runs = RunMerge.candidates(view.value.runs)
      guard !runs.isEmpty else { return }
      let merge = RunMerge(
        runs: runs, storeID: files.descriptor.storeID, storage: storage,
        isCancelled: { self.isClosing.load(ordering: .relaxed) })
      let merged = IndexRun(
        positions: merge.positions, storeID: files.descriptor.storeID, storage: storage)
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
      view.add(merged)
      try disk { () throws(StorageError) in
        for run in runs { try storage.remove(run.path) }
        try storage.syncDirectory(IndexRun.directory)
      }
    }
  }

  /// Removes what an interrupted sealing left.
  func removeLeftovers() throws(LogError) {
    let storage = environment.storage
    try leftovers.withLock { leftovers throws(LogError) in
      guard !leftovers.isEmpty else { return }
      try disk { () throws(StorageError) in
        for path in leftovers where try storage.exists(path) { try storage.remove(path) }
        for directory in [FrameSegment.directory, SealedSegment.directory, IndexRun.directory]
        where try storage.exists(directory) { try storage.syncDirectory(directory) }
      }
      leftovers = []
    }
  }
}
