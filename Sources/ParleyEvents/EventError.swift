/// What `ParleyEvents` refuses: an identity, an event or a text that is not what it should be.
///
/// Two errors are equal when their codes are. A message says what was found, what was expected and what to do;
/// it never holds a customer's words, names, addresses or numbers, so that it may be logged.
public struct EventError: Error, Sendable {
  /// What kind of error this is: what a program decides by.
  public var code: Code
  /// What was found, what was expected and what to do, for a person to read.
  public var message: String

  /// An error from its code and message.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// A kind of error, by its name. An open set: later versions add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, as in `invalid_identity`.
    public var rawValue: String

    /// A code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
  }
}

extension EventError.Code {
  /// An identity's text, scope or value is not one of its kind.
  public static let invalidIdentity = Self(rawValue: "invalid_identity")
  /// An identity's kind is not one this version knows.
  public static let unknownIdentityKind = Self(rawValue: "unknown_identity_kind")
  /// A version of normalization or a region that this version does not know.
  public static let unknownNormalization = Self(rawValue: "unknown_normalization")
  /// An identity is longer than `Identity.bytesMax`.
  public static let identityTooLong = Self(rawValue: "identity_too_long")
}

extension EventError: Equatable {
  /// By code alone.
  public static func == (left: EventError, right: EventError) -> Bool { left.code == right.code }
}

extension EventError: CustomStringConvertible {
  /// Code and message.
  public var description: String { "\(code.rawValue): \(message)" }
}
