import ParleyEnvelope
public import ParleySchemas
import SwiftProtobuf

/// Somebody an event is from or to.
public enum Party: Hashable, Sendable {
  /// A customer, or somebody else who is not one of us.
  case identity(Identity)
  /// One of us, or a machine.
  case actor(Actor)
  /// One of our own addresses: no customer's, and no stream is kept for it.
  case ours(Identity)

  /// The identity, when it is a customer's.
  public var customer: Identity? { if case .identity(let identity) = self { identity } else { nil } }
}

/// Somebody an event is to, and how.
public struct Recipient: Hashable, Sendable {
  /// Who.
  public var party: Party
  /// As what: `to` unless stated.
  public var role: Participant.Role
  /// The display name as it stood; else empty.
  public var name: String

  /// A recipient.
  public init(_ party: Party, as role: Participant.Role = .to, name: String = "") {
    self.party = party
    self.role = role
    self.name = name
  }

  /// A customer whom the event is to.
  public static func to(_ identity: Identity, name: String = "") -> Recipient {
    Recipient(.identity(identity), name: name)
  }

  /// A customer who gets a copy that everybody sees.
  public static func cc(_ identity: Identity, name: String = "") -> Recipient {
    Recipient(.identity(identity), as: .cc, name: name)
  }

  /// A customer who gets a copy that nobody else sees.
  public static func bcc(_ identity: Identity, name: String = "") -> Recipient {
    Recipient(.identity(identity), as: .bcc, name: name)
  }
}

extension Identity {
  /// The identity as it stands in a body.
  public var record: IdentityRecord {
    .with {
      $0.kind = kind.name
      $0.scope = scope
      $0.value = value
    }
  }

  /// The identity that stands in a body, taken as it was stored; nil when it names none, or one of a kind this
  /// version does not know.
  public init?(_ record: IdentityRecord) {
    guard let kind = IdentityKind(name: record.kind), kind != .unspecified, !record.value.isEmpty else {
      return nil
    }
    self.init(storedKind: kind, scope: record.scope, value: record.value)
  }
}

extension Participant {
  /// A participant as it stands in a body.
  public init(_ party: Party, as role: Role, name: String = "") {
    self.init()
    self.role = role
    self.name = name
    switch party {
    case .identity(let identity): self.identity = identity.record
    case .actor(let actor): self.actor = actor.description
    case .ours(let identity):
      self.identity = identity.record
      ours = true
    }
  }

  /// Who it is; nil when no identity could be made of what the source said.
  public var party: Party? {
    if hasIdentity, let identity = Identity(identity) { return ours ? .ours(identity) : .identity(identity) }
    return (try? Actor(parsing: actor)).map(Party.actor)
  }
}
