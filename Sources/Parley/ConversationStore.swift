public import ParleyEnvelope
public import ParleyEvents
package import ParleyLog

/// A store of conversations: every chat, mail, call and post of a customer as an event in one append-only log,
/// and one timeline per customer made from it.
///
/// ```swift
/// let store = try await ConversationStore.open(at: path)
/// let ana   = try Identity.email("Ana@Example.com")
/// let chat  = store.conversation(.chat, "webchat", thread: "c-991")
/// let asked = try await store.append(.message("Where is order 4711?", from: ana, in: chat, id: "m-17", at: sentAt))
/// let seen  = try await store.timeline(of: ana, for: .agent("kim", purpose: .support), last: 50)
/// try await store.append(.reply("On its way.", by: .agent("kim"), to: asked), if: .nothingNew(since: seen))
/// ```
///
/// An acknowledged append is on disk, unless the store was opened with another `Durability`. One process appends, any number read beside it; within a process any number
/// of tasks may use one value at once, and appends that come together share a sync. Reading never waits for
/// appending. Every call that touches the disk does it on threads of its own, never on the caller's.
public final class ConversationStore: Sendable {
  /// The log below.
  package let log: EventLog
  let context: StoreContext
  let access: StoreAccess
  let storeNames: StoreNames
  /// The time now, for what depends on the instant at which it is read.
  let clock: @Sendable () -> Timestamp

  private init(
    _ log: EventLog, access: StoreAccess, clock: @escaping @Sendable () -> Timestamp
  ) throws(StoreError) {
    self.log = log
    self.access = access
    self.clock = clock
    let ids = StoreIDs(key: log.key)
    context = StoreContext(
      ids: ids, normalization: try StoreOptions.normalization(in: log.descriptor.metadata))
    storeNames = StoreNames(log: log, ids: ids)
  }

  // MARK: - Opening

  /// Opens a store, for appending unless stated. Takes milliseconds whatever the store's size, also after a crash.
  ///
  /// - Parameters:
  ///   - key: the store's key, when it is not kept in the store's directory.
  ///   - durability: what an acknowledged append promises.
  ///
  /// Throws `noStore`, `newerFormat`, `wrongKey`, `alreadyOpen` when somebody else appends to it, `readOnly`.
  @concurrent
  public static func open(
    at path: String, for access: StoreAccess = .appending, key: StoreKey? = nil,
    durability: Durability = .sync
  ) async throws(StoreError) -> ConversationStore {
    try await IOThreads.shared.run { () throws(StoreError) in
      try open(in: .posix(at: path), for: access, key: key, durability: durability)
    }
  }

  /// Creates a store in a directory that is empty or not there yet, and opens it for appending.
  ///
  /// - Parameter key: the store's key, which is then not kept in the directory; a new one is made and kept there
  ///   unless stated.
  ///
  /// Throws `directoryNotEmpty`, `readOnly`, or the refusal of an option.
  @concurrent
  public static func create(
    at path: String, _ options: StoreOptions = StoreOptions(), key: StoreKey? = nil
  ) async throws(StoreError) -> ConversationStore {
    try await IOThreads.shared.run { () throws(StoreError) in
      try create(in: .posix(at: path), options, key: key)
    }
  }

  /// `open(at:for:)` in any environment, blocking.
  ///
  /// - Parameter segmentEventsMax: events after which a segment is rolled; it is sealed with others once there are four
  ///   times as many.
  package static func open(
    in environment: LogEnvironment, for access: StoreAccess, key: StoreKey? = nil,
    durability: Durability = .sync, segmentEventsMax: Int = LogLimits.segmentEventsMax
  ) throws(StoreError) -> ConversationStore {
    var options = StoreKey.options(key)
    options.durability = durability.log
    options.segmentEventsMax = segmentEventsMax
    options.sealedEventsMax = LogLimits.sealedEventsMax / LogLimits.segmentEventsMax * segmentEventsMax
    let log = try StoreError.wrappingLog { () throws(LogError) in
      switch access {
      case .appending: try EventLog.openForAppending(environment: environment, options: options)
      case .reading: try EventLog.openForReading(environment: environment, options: options)
      }
    }
    return try ConversationStore(log, access: access, clock: environment.clock)
  }

  /// `create(at:_:)` in any environment, blocking.
  package static func create(
    in environment: LogEnvironment, _ options: StoreOptions = StoreOptions(), key: StoreKey? = nil
  ) throws(StoreError) -> ConversationStore {
    var logOptions = StoreKey.options(key)
    logOptions.metadata = try options.metadata()
    try StoreError.wrappingLog { () throws(LogError) in
      try EventLog.create(environment: environment, options: logOptions)
    }
    return try open(in: environment, for: .appending, key: key)
  }

  /// Makes everything durable that was acknowledged: for a store opened with `Durability.delayed`, where it costs one
  /// sync. Throws `disk` or `diskFull` when that fails, and `writerStopped` when it did before: what was acknowledged since
  /// the last sync may be lost then. `notWritable` for a store that reads.
  @concurrent
  public func sync() async throws(StoreError) {
    try await IOThreads.shared.run { () throws(StoreError) in
      try StoreError.wrappingLog { () throws(LogError) in try self.log.sync() }
    }
  }

  /// Gives the store up. What was acknowledged is on disk already, or is synced now where it was acknowledged before: only
  /// `sync()` says whether that failed. Appends that are on their way are finished first. Later appends throw; reads go on.
  @concurrent
  public func close() async {
    await IOThreads.shared.run { self.log.close() }
  }

  // MARK: - What it is

  /// The store's own id, chosen when it was created.
  public var id: Bytes16 { log.descriptor.storeID }

  /// When the store was created.
  public var createdAt: Timestamp { log.descriptor.createdAt }

  /// The rules by which it makes one identity of its many spellings.
  public var normalization: Normalization { context.normalization }

  /// The number of events, as far as this value has seen them.
  public var head: Position { log.head }

  // MARK: - Naming things

  /// A thread in the system it lives in.
  public func conversation(
    _ channel: Channel, _ system: String, account: String = "", thread: String
  ) -> ConversationKey {
    ConversationKey(channel, system, account: account, thread: thread)
  }

  /// The stream of an identity's events.
  public func stream(of identity: Identity) -> StreamID {
    context.ids.stream(of: identity.resolved(by: normalization))
  }

  /// The id of a conversation's events.
  public func conversationID(of key: ConversationKey) -> ConversationID { context.ids.conversation(key) }

  /// The id that actor's events carry.
  public func actorID(of actor: Actor) -> ActorID { context.ids.actor(actor) }

  /// The id of an event to be appended.
  public func eventID(of event: NewEvent) -> EventID { context.id(of: event) }
}
