import ParleyEnvelope

/// Who looks at a timeline or brief, what for, and how sure it must be that what is shown is the customer's own.
public struct Viewer: Hashable, Sendable {
  /// What somebody looks at a customer's data for.
  public struct Purpose: RawRepresentable, Hashable, Sendable {
    /// The purpose's name, as it is recorded.
    public var rawValue: String

    /// A purpose from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Helping a customer with a question or fault.
    public static let support = Purpose(rawValue: "support")
    /// Delivering what was bought.
    public static let service = Purpose(rawValue: "service")
    /// Making a customer succeed.
    public static let success = Purpose(rawValue: "success")
    /// Selling.
    public static let sales = Purpose(rawValue: "sales")
    /// Checking what was done.
    public static let audit = Purpose(rawValue: "audit")
    /// Giving a customer their own data.
    public static let disclosure = Purpose(rawValue: "disclosure")
  }

  /// Who looks.
  public var actor: Actor
  /// What for.
  public var purpose: Purpose
  /// The least trust of a link behind which events are shown. A bot's is never below `verified`.
  public var leastTrust: IdentityTrust {
    didSet { if isBot { leastTrust = max(leastTrust, .verified) } }
  }

  /// A viewer; unless stated otherwise, one who helps a customer.
  public init(_ actor: Actor, purpose: Purpose = .support, leastTrust: IdentityTrust = .verified) {
    self.actor = actor
    self.purpose = purpose
    self.leastTrust = actor.kind == .bot ? max(leastTrust, .verified) : leastTrust
  }

  /// A person who works for us.
  public static func agent(_ name: String, purpose: Purpose = .support) -> Viewer {
    Viewer(.agent(name), purpose: purpose)
  }

  /// A conversational program.
  public static func bot(_ name: String, purpose: Purpose = .support) -> Viewer {
    Viewer(.bot(name), purpose: purpose)
  }

  /// A program of ours.
  public static func system(_ name: String, purpose: Purpose = .audit) -> Viewer {
    Viewer(.system(name), purpose: purpose)
  }

  /// Whether a conversational program looks.
  public var isBot: Bool { actor.kind == .bot }
}
