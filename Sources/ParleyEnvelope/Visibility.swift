/// Who may see an event.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct Visibility: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = [
    "unspecified",
    "public",
    "internal",
    "restricted",
  ]

  /// The customer and we.
  public static let `public` = Visibility(rawValue: 1)
  /// Only we.
  public static let `internal` = Visibility(rawValue: 2)
  /// Only those who were given access.
  public static let restricted = Visibility(rawValue: 3)
}
