import ParleySchemas

/// A mail attached to a message, as a forwarded one or the one that a delivery report is about. Its parts stand among
/// the message's, and are somebody else's words.
public struct AttachedMail: Hashable, Sendable {
  /// The message's part that is the mail itself, counted from 0.
  public var part: Int
  /// From whom it says it is, as in `Bo <bo@example.org>`; empty when it does not.
  public var from: String
  /// Its subject; empty when it has none.
  public var subject: String
  /// The message's parts that are the mail's own, ascending, all behind `part`. A mail attached to this one is one of
  /// them, that one's parts are not.
  public var parts: [Int]

  /// An attached mail.
  public init(part: Int, from: String = "", subject: String = "", parts: [Int] = []) {
    self.part = part
    self.from = from
    self.subject = subject
    self.parts = parts
  }

  /// Attached mails of one message that are read; a message that names more of them is shown as if it named none.
  public static let countMax = 1_000
}

// MARK: - In a body

extension AttachedMail {
  /// The extension of a message's body that says which of its parts are attached mails'.
  package static let extensionKey = "attached_mails"

  /// Attached mails as their extension holds them: a JSON array of objects with `part`, `from`, `subject` and
  /// `parts`.
  package static func extensionValue(_ mails: [AttachedMail]) -> String {
    let values = mails.map { mail in
      let texts = [("from", mail.from), ("subject", mail.subject)].filter { !$0.1.isEmpty }
      return JSONValue.object(
        [JSONMember("part", .number(String(mail.part)))]
          + texts.map { JSONMember($0.0, .string($0.1)) }
          + [JSONMember("parts", .array(mail.parts.map { .number(String($0)) }))])
    }
    return String(decoding: JSONValue.array(values).bytes, as: UTF8.self)
  }

  /// The attached mails that the extensions of a message with so many parts name; none when what they name can't
  /// be: whoever made the body is not trusted.
  static func named(in extensions: [ExtensionRecord], partCount: Int) -> [AttachedMail] {
    guard let text = extensions.first(where: { $0.key == extensionKey })?.value,
      case .array(let values)? = try? JSONParser.parse(Array(text.utf8)), values.count <= countMax
    else { return [] }
    let mails = values.compactMap(AttachedMail.init)
    var taken: Set<Int> = []
    let isPossible = mails.allSatisfy { mail in
      (0..<partCount).contains(mail.part)
        && mail.parts.allSatisfy { mail.part < $0 && $0 < partCount && taken.insert($0).inserted }
    }
    return mails.count == values.count && isPossible && Set(mails.map(\.part)).count == mails.count
      ? mails : []
  }

  private init?(_ value: JSONValue) {
    guard let members = value.members else { return nil }
    let values = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    guard let part = values["part"]?.index, case .array(let parts)? = values["parts"] else { return nil }
    let indexes = parts.compactMap(\.index)
    guard indexes.count == parts.count else { return nil }
    self.init(
      part: part, from: values["from"]?.string ?? "", subject: values["subject"]?.string ?? "",
      parts: indexes)
  }
}

extension JSONValue {
  /// A number as an index.
  fileprivate var index: Int? {
    guard case .number(let digits) = self, let number = Int(digits), number >= 0 else { return nil }
    return number
  }
}

// MARK: - In a timeline

extension TimelineMessage.Revision {
  /// The parts that are the message's own: an attached mail's are somebody else's words.
  var ownParts: [ContentPart] {
    guard !attached.isEmpty else { return parts }
    let others = Set(attached.flatMap(\.parts))
    return parts.indices.filter { !others.contains($0) }.map { parts[$0] }
  }

  /// By part: the attached mail that it stands in.
  var owners: [Int: AttachedMail] {
    var owners: [Int: AttachedMail] = [:]
    for mail in attached { for part in mail.parts { owners[part] = mail } }
    return owners
  }
}
