package import ParleyEnvelope

/// A store's log: events in one order, durable when acknowledged, readable by any number of processes while one
/// appends.
///
/// Open it for appending once, for reading as often as you like. All calls block on the disk but the asynchronous
/// `append`; run them on `IOThreads` from asynchronous code.
package final class EventLog: Sendable {
  /// Attachments and other large parts, by digest.
  package let blobs: BlobStore
  let environment: LogEnvironment
  let files: StoreFiles
  let view: SharedView
  let writer: LogWriter?
  let reader: LogReader?
  /// What was found damaged when the log was opened.
  package let damages: [Damage]

  /// Creates a store in an empty directory, which is made when it is missing. Durable when this returns.
  package static func create(environment: LogEnvironment, options: LogOptions = LogOptions()) throws(LogError)
  {
    try StoreCreation.run(environment, options)
  }

  /// Opens a store as its only writer, after bringing it to where it can go on.
  ///
  /// Throws `noStore`, `locked`, `wrongKey`, `newerFormat`, `readOnly`, `diskFull`. Takes as long as scanning the
  /// active segment, at most 64 MiB, whatever the store's size.
  package static func openForAppending(
    environment: LogEnvironment, options: LogOptions = LogOptions()
  ) throws(LogError) -> EventLog {
    // Before the lock, so that a directory that is no store stays as it was.
    _ = try StoreFiles(environment, options)
    let lock: any StorageLock
    do {
      lock = try environment.storage.lock(StoreFiles.lockPath)
    } catch {
      throw error.isHeld
        ? LogError(
          .locked, "another writer has the store open (\(error.detail)): close it, or read beside it",
          file: StoreFiles.lockPath) : LogError(error)
    }
    do throws(LogError) {
      let files = try StoreFiles(environment, options, isWriter: true)
      var recovery = try Recovery(files, environment)
      let recovered = try recovery.run()
      let view = SharedView(recovered.view)
      let writer = try LogWriter(environment, files, options, view, recovered, lock: lock)
      let log = EventLog(environment, files, view, writer: writer, reader: nil, damages: recovered.damages)
      do {
        try log.blobs.prepareForWriting()
      } catch {
        writer.close()
        throw error.cause.map { LogError($0) }
          ?? LogError(.disk, "the blobs' directory can't be prepared: \(error)", file: "blobs")
      }
      return log
    } catch {
      lock.release()
      throw error
    }
  }

  /// Opens a store to read it, beside a writer or without one. Takes no lock and never writes. Shows what was durable
  /// when it was opened; `refresh` catches up.
  package static func openForReading(
    environment: LogEnvironment, options: LogOptions = LogOptions()
  ) throws(LogError) -> EventLog {
    let reader = LogReader(environment, options)
    let (files, view, damages) = try reader.open()
    return EventLog(environment, files, SharedView(view), writer: nil, reader: reader, damages: damages)
  }

  private init(
    _ environment: LogEnvironment, _ files: StoreFiles, _ view: SharedView, writer: LogWriter?,
    reader: LogReader?, damages: [Damage]
  ) {
    self.environment = environment
    self.files = files
    self.view = view
    self.writer = writer
    self.reader = reader
    self.damages = damages
    blobs = BlobStore(environment: environment)
  }

  deinit { writer?.close() }

  package var descriptor: StoreDescriptor { files.descriptor }

  /// The store's key, 32 bytes.
  package var key: [UInt8] { files.key }

  /// The number of durable events.
  package var head: Position { view.value.head }

  /// Whether this log may append.
  package var isWritable: Bool { writer != nil }

  /// Why appends have stopped since the log was opened; nil while they have not.
  package var failure: LogError? { writer?.failure }

  // MARK: - Appending

  /// Appends a batch and blocks until it is durable, or written where `LogDurability.delayed` says so, or refused.
  ///
  /// Throws `limit` or `invalidBatch` before anything is stored; `diskFull`, `disk` or `writerStopped` when it is
  /// not known whether the batch was stored: append the same again after opening the store again.
  package func append(_ batch: AppendBatch) throws(LogError) -> AppendOutcome {
    try requireWriter().append(batch)
  }

  /// The same, suspended. Not cancellable once it is queued.
  package func append(_ batch: AppendBatch) async throws(LogError) -> AppendOutcome {
    let writer = try requireWriter()
    let answer = await withCheckedContinuation { continuation in
      writer.append(batch, continuation)
    }
    return try answer.get()
  }

  /// Makes everything durable that was acknowledged; at once where every answer was. Blocks for one sync.
  ///
  /// Throws `disk` or `diskFull` when that fails: what was acknowledged since the last sync may be lost. Appends have
  /// stopped then.
  package func sync() throws(LogError) { try requireWriter().sync() }

  private func requireWriter() throws(LogError) -> LogWriter {
    guard let writer else {
      throw LogError(.notWritable, "the store is open for reading only: open it for appending")
    }
    return writer
  }

  // MARK: - Reading

  /// Catches up with the writer of another process. Nothing to do for the writer's own log.
  package func refresh() throws(LogError) {
    guard let reader else { return }
    view.replace(try reader.refresh(view.value))
  }

  /// Asks what the log consists of now. Where a sealed segment is gone, as a writer in another process has merged it, what
  /// there is instead is asked.
  func ask<Answer>(_ question: (LogView) throws(LogError) -> Answer) throws(LogError) -> Answer {
    while true {
      do throws(LogError) {
        return try question(view.value)
      } catch {
        guard error.code == .replaced, let reader else { throw error }
        view.replace(try reader.reload(view.value))
      }
    }
  }

  /// Where the event with an id stands; nil when it is not stored.
  package func position(of event: EventID) throws(LogError) -> Position? {
    try ask { view throws(LogError) in try view.position(of: event) }
  }

  /// The events of a stream before a position, the last so many, ascending.
  package func positions(
    of stream: StreamID, before: Position = .none, last limit: Int = .max
  ) throws(LogError) -> [Position] {
    try ask { view throws(LogError) in try view.positions(of: stream, before: before, last: limit) }
  }

  /// The events at some positions, in the order asked for. Each must be below `head`.
  package func read(_ positions: [Position]) throws(LogError) -> [ReadResult] {
    try ask { view throws(LogError) in
      var results: [ReadResult] = []
      results.reserveCapacity(positions.count)
      var cursor = SealedCursor(view.cache)
      for position in positions {
        precondition(position < view.head, "EventLog.read: a position at or behind head")
        results.append(try view.read(position, &cursor))
      }
      return results
    }
  }

  /// Reads the events of a range of positions in an order. Memory stays within 1 MiB stored, or one frame, where events are in frames, and
  /// within one sealed segment where they are sealed: 150 bytes an event, and the bodies; 104 MiB as they are written.
  package func replay(
    from: Position = .start, to: Position = .none, _ parts: ReplayParts, order: ReplayOrder = .position,
    _ body: (ReplayPiece) throws -> ReplayDecision
  ) throws {
    let end = min(to, head)
    var next = from
    while next < end {
      var replay = Replay(view: view.value, range: next..<end, parts: parts, order: order)
      do {
        return try replay.run(body)
      } catch let error as LogError where error.code == .replaced {
        guard let reader else { throw error }
        next = replay.position
        view.replace(try reader.reload(view.value))
      }
    }
  }

  /// Seals every event there is: the segment being written is rolled, and what is complete is grouped by stream and
  /// compressed high, now instead of when enough has come together. Appends go on meanwhile.
  ///
  /// Takes seconds for each 100,000 events. Throws `notWritable` for a log that reads, `diskFull` when there is no room for
  /// both forms of a part: nothing is lost then. A segment with damage stays as it is.
  package func seal() throws(LogError) { try requireWriter().seal(.everything) }

  /// Seals every event there is, and merges sealed segments, small from having been sealed early, until no two neighbours fit
  /// into one; one index run is left over all of them. Appends go on meanwhile.
  ///
  /// Takes seconds for each 100,000 events that it moves, and throws as `seal` does. Nothing is left to do a second time.
  package func compact() throws(LogError) { try requireWriter().seal(.compact) }

  /// Reads the next segment that it is time to read again and notes whether it is whole, as the background does every few
  /// seconds; gives the bytes that it has, 0 when no round is due. `statistics` says what was found.
  package func scrubNext() throws(LogError) -> Int { try requireWriter().scrubNext() }

  /// Why the last upkeep in the background failed, if it did; it is tried again at the next roll.
  var upkeepFailure: LogError? { writer?.upkeepFailure }

  /// Ends appending: waits for commits under way, syncs what is not, and gives the lock up. Reads go on. Call `sync()` first
  /// to hear whether that failed.
  package func close() { writer?.close() }
}

extension StorageError {
  /// Whether a lock was refused as another holds it.
  var isHeld: Bool { operation == "lock" && (errno == 0 || isWouldBlock) }
}
