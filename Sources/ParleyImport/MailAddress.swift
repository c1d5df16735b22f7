/// A mailbox as a header names it. Neither part is trusted: the address may be no address.
package struct MailAddress: Hashable, Sendable {
  /// The display name, decoded; empty when there is none.
  package var name: String
  /// The address as written.
  package var address: String

  package init(name: String = "", address: String) {
    self.name = name
    self.address = address
  }

  /// The domain in lower case; nil when there is no `@` with something on both sides.
  package var domain: String? {
    guard let at = address.lastIndex(of: "@"), at > address.startIndex else { return nil }
    let domain = address[address.index(after: at)...]
    return domain.isEmpty ? nil : domain.lowercased()
  }
}
