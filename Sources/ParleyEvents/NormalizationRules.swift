import ParleyEnvelope

/// Version 1 of the rules of `Schemas/identity.md`: one function per kind, over text that is at most
/// `Identity.textBytesMax` long.
enum NormalizationRules {
  static func normalize(_ kind: IdentityKind, scope: String, value: String) throws(EventError) -> Identity {
    let scope = try normalizedScope(of: kind, scope)
    let value = try plain(value, of: kind)
    return Identity(storedKind: kind, scope: scope, value: try normalizedValue(of: kind, value))
  }

  private static func normalizedValue(of kind: IdentityKind, _ value: String) throws(EventError) -> String {
    switch kind {
    case .email: try MailAddress.normalize(value)
    case .phone: try PhoneNumber.normalize(value, region: nil)
    default: value
    }
  }

  private static func normalizedScope(of kind: IdentityKind, _ scope: String) throws(EventError) -> String {
    let scope = try scope.isEmpty ? "" : plain(scope, of: kind)
    guard kind.takesScope || scope.isEmpty else {
      throw invalid(kind, "has a scope; only \(IdentityKind.withScope) take one")
    }
    guard !kind.needsScope || !scope.isEmpty else {
      throw invalid(kind, "has no scope; expected \(kind.name):scope/value")
    }
    guard !scope.utf8.contains(UInt8(ascii: "/")) else { throw invalid(kind, "has a slash in its scope") }
    return kind == .social || kind == .visitor ? SimpleFolding.normalize(scope) : scope
  }

  /// Text in Normalization Form C without white space at its ends; refused when nothing is left or a control character stands in it.
  private static func plain(_ text: String, of kind: IdentityKind) throws(EventError) -> String {
    // Visible ASCII alone, as most identities are, is what it will be.
    if !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return text }
    var scalars = Substring(text).unicodeScalars
    while let first = scalars.first, first.isWhiteSpace { scalars.removeFirst() }
    while let last = scalars.last, last.isWhiteSpace { scalars.removeLast() }
    guard !scalars.isEmpty else { throw invalid(kind, "is empty") }
    guard !scalars.contains(where: \.isControl) else { throw invalid(kind, "holds a control character") }
    return CanonicalComposition.normalize(String(scalars))
  }

  static func invalid(_ kind: IdentityKind, _ what: String) -> EventError {
    EventError(.invalidIdentity, "an identity of kind \(kind.name) \(what)")
  }
}

extension IdentityKind {
  fileprivate static var withScope: String {
    names.filter { IdentityKind(name: $0)?.takesScope == true }.joined(separator: ", ")
  }
}

extension Unicode.Scalar {
  /// Of the control codes C0, DEL and C1: never part of an identity, and harmful where one is shown.
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  /// Of the property White_Space, which is written out here because the standard library's follows its version.
  var isWhiteSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }
}
