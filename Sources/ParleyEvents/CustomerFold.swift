package import ParleyEnvelope

/// Finds out who a customer is: names the streams to read, takes their events, and in the end says which identities
/// and conversations belong together.
///
/// ```swift
/// var fold = CustomerFold(of: ana, stream: stream, through: head, at: now)
/// while !fold.frontier.isEmpty {
///   for stream in fold.frontier { try fold.add(stream, events(of: stream)) }
/// }
/// let customer = fold.customer()
/// ```
///
/// The result depends on the events through the position and on the instant only, not on the order of reading. Of a
/// stream only identity and conversation events are looked into; of all others the envelope.
package struct CustomerFold: Sendable {
  /// The stream of an identity in the store that is read; nil when only what is recorded says it.
  package typealias StreamOf = @Sendable (Identity) -> StreamID?

  private let start: Identity
  private let stream: StreamID
  private let through: Position
  private let instant: Timestamp
  private let streamOf: StreamOf
  private var facts: [StreamID: StreamFacts] = [:]

  /// A fold for the customer that an identity belongs to.
  ///
  /// - Parameters:
  ///   - through: the last position that counts; `.none` for all.
  ///   - instant: when it is looked at: links hold from and until some time.
  ///   - streamOf: where the other side of a link that another store wrote is found in this one.
  package init(
    of identity: Identity, stream: StreamID, through: Position = .none, at instant: Timestamp,
    streamOf: @escaping StreamOf = { _ in nil }
  ) {
    start = identity
    self.stream = stream
    self.through = through
    self.instant = instant
    self.streamOf = streamOf
  }

  /// The streams to read next, sorted: empty when everything is known.
  package var frontier: [StreamID] {
    let (nodes, unread) = graph.reach(from: graph.node(stream, at: instant))
    if !unread.isEmpty { return unread.sorted() }
    let members = Set(graph.component(of: graph.node(stream, at: instant), in: nodes).nodes.map(\.stream))
    return CustomerAttributions(facts: facts).sources(for: members).filter { facts[$0] == nil }.sorted()
  }

  /// Every stream that was read, sorted: an event in one of them may change the customer.
  package var streams: [StreamID] { facts.keys.sorted() }

  /// Adds a stream with all of its events, in any order; those after `through` are left out. A stream that has none
  /// is added with none. Of one whose events can't all be read it is known that it may hold more than they say.
  ///
  /// Throws `customerTooLarge` past `Customer.identitiesMax` streams.
  package mutating func add(
    _ stream: StreamID, _ events: some Sequence<Event>, isDamaged: Bool = false
  ) throws(EventError) {
    guard facts.count < Customer.identitiesMax || facts[stream] != nil else { throw .customerTooLarge }
    var read = StreamFacts(stream: stream, isDamaged: isDamaged, streamOf: streamOf)
    let counted = events.filter { $0.position <= through }
    for event in counted.sorted(by: { $0.position < $1.position }) { read.add(event) }
    facts[stream] = read
  }

  /// The customer, as far as the streams that were read tell.
  package func customer() -> Customer {
    let node = graph.node(stream, at: instant)
    return CustomerBuilder(graph: graph, start: start, node: node).customer()
  }

  private var graph: CustomerGraph { CustomerGraph(facts: facts, instant: instant) }
}

extension EventError.Code {
  /// A customer has more than `Customer.identitiesMax` identities.
  public static let customerTooLarge = Self(rawValue: "customer_too_large")
}

extension EventError {
  fileprivate static var customerTooLarge: EventError {
    EventError(
      .customerTooLarge,
      "a customer is joined from more than \(Customer.identitiesMax) streams; mark an identity that many share as shared"
    )
  }
}
