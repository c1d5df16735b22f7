/// What an event is a fact about, as the number in the envelope. `Schemas/kinds.md` lists them all; the names
/// belong to `ParleyEvents`.
public struct EventKind: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number of `Schemas/kinds.md`.
  public var rawValue: UInt16

  /// A kind from its number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// By number.
  public static func < (left: EventKind, right: EventKind) -> Bool { left.rawValue < right.rawValue }
}
