/// A one-byte code of the envelope: known codes have a name, unknown ones are kept as they are.
public protocol EnvelopeCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible
where RawValue == UInt8 {
  /// The names of the known codes, by code.
  static var names: [String] { get }
  /// A code as stored.
  init(rawValue: UInt8)
}

extension EnvelopeCode {
  /// Code 0: not stated.
  public static var unspecified: Self { Self(rawValue: 0) }

  /// The code with a name as `name` gives it, `code-N` included; nil for another string.
  public init?(name: some StringProtocol) {
    if let index = Self.names.firstIndex(where: { $0 == name }), let code = UInt8(exactly: index) {
      self.init(rawValue: code)
    } else if name.hasPrefix("code-"), let code = UInt8(name.dropFirst(5)), code >= Self.names.count {
      self.init(rawValue: code)
    } else {
      return nil
    }
  }

  /// The code's name in JSON and on the command line; `code-N` for a code this version does not know.
  public var name: String {
    Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : "code-\(rawValue)"
  }

  /// Whether this version knows the code.
  public var isKnown: Bool { Int(rawValue) < Self.names.count }

  /// The code's name.
  public var description: String { name }
}
