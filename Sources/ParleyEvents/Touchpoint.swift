/// Our side of a contact: an inbox, a number, a page, a brand, by a name chosen once.
public struct Touchpoint: Hashable, Sendable {
  /// The name.
  public var name: String

  /// A touchpoint by its name.
  public init(_ name: String) { self.name = name }

  package func validate() throws(EventError) {
    guard !name.isEmpty else { throw EventError(.invalidKey, "a touchpoint's name is empty; name it") }
    try KeyLimits.check(name, what: "a touchpoint's name")
  }

  /// What the store hashes to make the touchpoint's id, of which the first eight bytes are taken.
  package func keyInput() -> [UInt8] { KeyInput(purpose: "parley-touchpoint/v1", [name]).bytes }
}
