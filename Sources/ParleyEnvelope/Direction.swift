/// Which way an event went, seen from us.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct Direction: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = [
    "unspecified",
    "inbound",
    "outbound",
    "internal",
  ]

  /// From the customer to us.
  public static let inbound = Direction(rawValue: 1)
  /// From us to the customer.
  public static let outbound = Direction(rawValue: 2)
  /// Among us.
  public static let `internal` = Direction(rawValue: 3)
}
