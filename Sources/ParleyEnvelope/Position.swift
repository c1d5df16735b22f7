/// Where an event stands in the log: global and dense, the first event is 0.
///
/// A bound is a half-open count: a log with `head` 10 holds positions 0 to 9.
public struct Position: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number of events before this one.
  public var rawValue: UInt64

  /// A position from the number of events before it.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// A position from the number of events before it.
  @inlinable
  public init(_ rawValue: some BinaryInteger) { self.rawValue = UInt64(rawValue) }

  /// The first event's position.
  public static let start = Position(rawValue: 0)

  /// All ones: no position, as in the first event of a stream's previous position.
  public static let none = Position(rawValue: .max)

  /// Whether this is the "no position" value.
  @inlinable public var isNone: Bool { rawValue == .max }

  /// The position so many events further on.
  @inlinable
  public func advanced(by count: some BinaryInteger) -> Position {
    Position(rawValue: rawValue + UInt64(count))
  }

  /// How many events further on another position is.
  @inlinable
  public func distance(to other: Position) -> Int { Int(other.rawValue) - Int(rawValue) }

  /// The earlier one is less.
  @inlinable
  public static func < (left: Position, right: Position) -> Bool { left.rawValue < right.rawValue }
}

extension Position: CustomStringConvertible {
  /// The number, or `none`.
  public var description: String { isNone ? "none" : String(rawValue) }
}
