import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// Gathers everything that one timeline is a function of. Blocks.
struct TimelineReader {
  private let context: StoreContext
  private var reader: CustomerReader
  private var input: TimelineInput

  init(log: EventLog, _ context: StoreContext, viewer: Viewer, through: Position, instant: Timestamp) {
    self.context = context
    reader = CustomerReader(log: log, context, through: through, instant: instant)
    // Links below verified are not followed yet, so nobody can be shown what lies behind them.
    var viewer = viewer
    viewer.leastTrust = .verified
    input = TimelineInput(viewer: viewer, through: through, instant: instant)
  }

  /// The input of the timeline of the customer that an identity belongs to.
  mutating func read(_ identity: Identity, stream: StreamID) throws(StoreError) -> TimelineInput {
    let customer = try reader.customer(of: identity, stream: stream)
    input.streams = customer.streams
    input.identities = customer.identities.map { TimelineIdentity($0, links: customer.links) }
    input.suggestions = customer.suggestions.compactMap { TimelineSuggestion($0, customer) }
    input.suggestions += customer.parts.compactMap { TimelineSuggestion($0) }
    for stream in customer.streams { try add(stream, customer) }
    // What can't be told whose it is may be this customer's, and the timeline says so.
    input.gaps += try reader.streams.hidden().map { TimelineGap($0) }
    try nameThreads(customer)
    return input
  }

  /// Finds what to call the conversations that others opened: their threads, and nothing else of their openings.
  private mutating func nameThreads(_ customer: Customer) throws(StoreError) {
    var opened: Set<ConversationID> = [.none]
    var used: Set<ConversationID> = []
    for event in input.events {
      used.insert(event.event.envelope.conversation)
      if event.event.kind == .conversationOpened { opened.insert(event.event.envelope.conversation) }
    }
    let positions = try used.subtracting(opened).map { conversation throws(StoreError) in
      try reader.streams.position(of: context.ids.opened(conversation))
    }
    for event in try reader.streams.history(at: positions.compactMap(\.self).sorted()).events {
      guard case .conversationOpened(let body) = event.body, body.hasKey,
        !customer.isSeparated(fromWhomNames: body.key.thread)
      else { continue }
      input.threads[event.envelope.conversation] = body.key
    }
  }

  private mutating func add(_ stream: StreamID, _ customer: Customer) throws(StoreError) {
    let history = try reader.history(of: stream)
    var pointers: [(Event, Identity)] = []
    for event in history {
      switch customer.owner(of: event.envelope) {
      case .own(let identity):
        input.events.append(TimelineEvent(event, .own(identity)))
        if event.kind == .identityInvolved { pointers.append((event, identity)) }
      case .attributed(let identity): input.events.append(TimelineEvent(event, .attributed(identity)))
      case .another(_, let reason): input.gaps.append(TimelineGap(event, .attributedElsewhere, reason))
      case .undecided, .foreign: break
      }
    }
    addDamage(history.damaged, of: stream, customer)
    for (pointer, identity) in pointers { try follow(pointer, identity) }
  }

  /// Adds what is damaged in a stream, as far as it may be the customer's.
  private mutating func addDamage(_ damaged: [DamagedEvents], of stream: StreamID, _ customer: Customer) {
    let isOwn = customer.identities.contains { $0.stream == stream }
    for damage in damaged {
      let isShown =
        switch damage.envelope.map(customer.owner) {
        case .own?, .attributed?: true
        case .undecided?: false
        // A conversation of which nothing else can be read has no owner but its stream's.
        case .another?, .foreign?, nil: isOwn
        }
      if isShown { input.gaps.append(TimelineGap(damage)) }
    }
  }

  /// Adds the event that a pointer leads to: recorded under somebody else's identity, shown whole.
  private mutating func follow(_ pointer: Event, _ identity: Identity) throws(StoreError) {
    guard case .identityInvolved(let body) = pointer.body, let id = Bytes16(body.eventID) else { return }
    guard let position = try reader.streams.position(of: EventID(rawValue: id)) else { return }
    let history = try reader.streams.history(at: [position])
    input.gaps += history.damaged.map { TimelineGap($0) }
    guard let event = history.first else { return }
    let involvement = TimelineInvolvement(
      identity: identity, role: body.role, from: body.hasInvolvedFrom ? Timestamp(body.involvedFrom) : nil,
      until: body.hasInvolvedUntil ? Timestamp(body.involvedUntil) : nil, pointer: pointer.position)
    input.events.append(TimelineEvent(event, .involved(involvement)))
  }
}

// MARK: - From what was found

extension TimelineIdentity {
  init(_ held: CustomerIdentity, links: [CustomerLink]) {
    let own = links.filter { $0.first == held.identity || $0.second == held.identity }
    self.init(
      identity: held.identity, stream: held.stream, joins: own.map { Join($0, of: held.identity) })
  }
}

extension TimelineIdentity.Join {
  fileprivate init(_ link: CustomerLink, of identity: Identity) {
    self.init(
      to: link.first == identity ? link.second : link.first, trust: link.trust,
      how: link.basis == .contact ? "verified" : link.basis.rawValue, at: link.recordedAt,
      position: link.position, evidence: link.words)
  }
}

extension TimelineSuggestion {
  fileprivate init?(_ link: CustomerLink, _ customer: Customer) {
    guard let other = [link.first, link.second].first(where: { !customer.holds($0) }) else { return nil }
    self.init(identity: other, evidence: link.words, position: link.position)
  }

  fileprivate init?(_ part: ConversationPart) {
    guard case .undecided(let doubt) = part.owner else { return nil }
    if case .attributedToNobody = doubt { return nil }
    self.init(
      identity: part.identity, conversation: part.conversation, evidence: doubt.words, position: part.first)
  }
}

extension Customer {
  /// Whether a text holds an identity that is known not to be the customer's, as a word of its own.
  fileprivate func isSeparated(fromWhomNames text: String) -> Bool {
    let others = separated.flatMap { [$0.first, $0.second] }.filter { !holds($0) }
    let text = text.lowercased()
    return others.contains { text.holdsWord($0.value.lowercased()) }
  }
}

extension String {
  /// Whether the text holds another one with no letter or digit right beside it.
  fileprivate func holdsWord(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let before = self[..<range.lowerBound].last
      let after = self[range.upperBound...].first
      return [before, after].allSatisfy { $0.map { !$0.isLetter && !$0.isNumber } ?? true }
    }
  }
}

extension CustomerLink {
  /// The evidence in words.
  fileprivate var words: String {
    let words = evidence.map { $0.explanation.isEmpty ? $0.basis.words : $0.explanation } + [reason]
    return words.filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

extension LinkEvidence.Basis {
  /// What is evidence where nobody explained it.
  fileprivate var words: String {
    switch self {
    case .unspecified: ""
    case .login: "login"
    case .signedToken: "signed token"
    case .oneTimeCode: "one-time code"
    case .sourceStatement: "the source's statement"
    case .agent: "agent"
    case .customer: "the customer's word"
    case .handoff: "handoff"
    case .sameContact: "contact"
    case .renamed: "renamed"
    case .UNRECOGNIZED(let code): "code-\(code)"
    }
  }
}

extension PartDoubt {
  fileprivate var words: String {
    switch self {
    case .sharedIdentity: "several customers use this identity"
    case .presentsAnother(let identity, let held):
      "presents \(identity), while the customer holds \(held.map(\.description).joined(separator: ", "))"
    case .presentsAnotherThan(_, let identity): "another conversation of this identity presents \(identity)"
    case .attributedToNobody(let reason): reason
    }
  }
}

extension TimelineGap {
  init(_ damage: DamagedEvents) {
    self.init(
      first: damage.positions.lowerBound, last: Position(damage.positions.upperBound.rawValue - 1),
      reason: .damaged, explanation: damage.explanation, envelope: damage.envelope)
  }

  fileprivate init(_ event: Event, _ reason: Reason, _ explanation: String) {
    self.init(
      first: event.position, last: event.position, reason: reason, explanation: explanation,
      envelope: event.envelope)
  }
}
