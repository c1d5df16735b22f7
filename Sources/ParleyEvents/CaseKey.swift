/// A case, issue or ticket in the system it lives in.
public struct CaseKey: Hashable, Sendable {
  /// The system. No slash.
  public var system: String
  /// The system's id of the case.
  public var number: String

  /// A case from its parts.
  public init(_ system: String, _ number: String) {
    self.system = system
    self.number = number
  }

  /// A case from its text form, `SYSTEM/NUMBER`, parted at the first slash.
  public init(parsing text: some StringProtocol) throws(EventError) {
    guard let (system, number) = KeyLimits.split(text) else {
      throw EventError(.invalidKey, "a case is not of the form SYSTEM/NUMBER, as in desk/4711")
    }
    self.init(system, number)
    try validate()
  }

  package func validate() throws(EventError) {
    try KeyLimits.check(system: system)
    guard !number.isEmpty else { throw EventError(.invalidKey, "a case's number is empty; name it") }
    try KeyLimits.check(number, what: "a case's number")
  }

  /// What the store hashes to make the case's id.
  package func keyInput() -> [UInt8] { KeyInput(purpose: "parley-case/v1", [system, number]).bytes }
}

extension CaseKey: CustomStringConvertible {
  /// `SYSTEM/NUMBER`.
  public var description: String { "\(system)/\(number)" }
}
