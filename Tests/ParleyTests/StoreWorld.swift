import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog
import ParleySimulation

/// A store on a simulated disk, and people who write to it.
struct StoreWorld {
  let storage: SimulatedStorage
  let clock: SimulatedClock
  let store: ConversationStore

  init(
    _ options: StoreOptions = StoreOptions(), storage: SimulatedStorage = SimulatedStorage(), seed: UInt64 = 0
  ) throws {
    self.storage = storage
    clock = SimulatedClock()
    store = try ConversationStore.create(in: storage.environment(seed: seed, clock: clock), options)
  }

  func reopened(for access: StoreAccess = .appending) throws -> ConversationStore {
    try ConversationStore.open(in: storage.environment(seed: 99, clock: clock), for: access)
  }

  static let ana = identity("email:ana@example.com")
  static let anaPhone = identity("phone:+4930123456")
  static let anaVisitor = identity("visitor:shop.example/4051")
  static let ben = identity("email:ben@example.com")
  static let chat = ConversationKey(.chat, "webchat", thread: "c-991")
  static let mail = ConversationKey(.email, "email", thread: "t-1")
  static let call = ConversationKey(.voice, "asterisk", thread: "k-1")

  static func identity(_ text: String) -> Identity {
    do { return try Identity(parsing: text) } catch { preconditionFailure("\(error)") }
  }

  /// A time before the simulated clock's start.
  static func time(_ minutes: Int) -> Timestamp {
    Timestamp(seconds: 1_704_067_200 - 86_400 + Int64(minutes) * 60)
  }

  /// A mail, a chat and a call of one customer, not linked, and somebody else's mail.
  func appendThreeChannels() throws {
    try store.appendBlocking([
      .message("My order 4711 is late.", from: Self.ana, in: Self.mail, id: "m1", at: Self.time(1)),
      .message("Hello, any news?", from: Self.anaVisitor, in: Self.chat, id: "m2", at: Self.time(2)),
      .callStarted("k-1", from: Self.anaPhone, in: Self.call, at: Self.time(3)),
      .message(
        "I am Ben.", from: Self.ben, in: ConversationKey(.email, "email", thread: "t-2"), id: "m3",
        at: Self.time(4)),
    ])
  }

  /// All events of the log, in order.
  func allEvents() throws -> [Event] { try Self.allEvents(of: store) }

  static func allEvents(of store: ConversationStore) throws -> [Event] {
    var events: [Event] = []
    try store.replayBlocking { piece in
      if case .event(let event) = piece { events.append(event) }
      return .proceed
    }
    return events
  }
}

extension ConversationStore {
  /// A timeline as one agent sees it at one instant.
  func seen(_ identity: Identity, asOf position: Position? = nil) throws -> Timeline {
    try timelineBlocking(
      of: identity, for: .agent("kim"), asOf: position, at: Timestamp(seconds: 1_704_100_000))
  }

  /// The bytes of a timeline as programs get it.
  func bytes(_ identity: Identity, asOf position: Position? = nil) throws -> [UInt8] {
    try seen(identity, asOf: position).json()
  }

  /// The positions of everything a timeline shows in its entries.
  func shown(_ identity: Identity) throws -> Set<Position> {
    Set(try seen(identity).entries.flatMap(\.positions))
  }
}
