/// An id that stands in the envelope: sixteen bytes, random or a keyed hash, never anything readable.
/// All zeros means absent.
public protocol OpaqueID: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable,
  CustomStringConvertible
where RawValue == Bytes16 {
  /// An id from its sixteen bytes.
  init(rawValue: Bytes16)
}

extension OpaqueID {
  /// The absent id: all zeros.
  public static var none: Self { Self(rawValue: .zero) }

  /// Whether the id is all zeros.
  public var isNone: Bool { rawValue == .zero }

  /// An id from 32 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let bytes = Bytes16(hex: hex) else { return nil }
    self.init(rawValue: bytes)
  }

  /// Compares as bytes, first to last.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// 32 lower-case hexadecimal digits.
  public var description: String { rawValue.hex }
}

/// An event, and its idempotency key: unique in the store.
public struct EventID: OpaqueID {
  /// The id's sixteen bytes.
  public var rawValue: Bytes16

  /// An id from its sixteen bytes.
  public init(rawValue: Bytes16) { self.rawValue = rawValue }
}

/// The events recorded under one identity: a keyed hash of the identity.
public struct StreamID: OpaqueID {
  /// The id's sixteen bytes.
  public var rawValue: Bytes16

  /// An id from its sixteen bytes.
  public init(rawValue: Bytes16) { self.rawValue = rawValue }
}

/// One thread in one channel: a keyed hash of the source's system and thread.
public struct ConversationID: OpaqueID {
  /// The id's sixteen bytes.
  public var rawValue: Bytes16

  /// An id from its sixteen bytes.
  public init(rawValue: Bytes16) { self.rawValue = rawValue }
}

/// Whoever acted: the stream of a customer, a keyed hash for agents, bots and systems.
public struct ActorID: OpaqueID {
  /// The id's sixteen bytes.
  public var rawValue: Bytes16

  /// An id from its sixteen bytes.
  public init(rawValue: Bytes16) { self.rawValue = rawValue }
}

/// A case, issue or ticket that events are about.
public struct CaseID: OpaqueID {
  /// The id's sixteen bytes.
  public var rawValue: Bytes16

  /// An id from its sixteen bytes.
  public init(rawValue: Bytes16) { self.rawValue = rawValue }
}

/// Our side of a contact: an inbox, a number, a page, a brand. Eight bytes, zero when absent.
public struct TouchpointID: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The id's eight bytes, big-endian.
  public var rawValue: UInt64

  /// An id from its eight bytes.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The absent touchpoint.
  public static let none = TouchpointID(rawValue: 0)

  /// Compares as bytes, first to last.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
