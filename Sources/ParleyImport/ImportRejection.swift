/// Why an item is not stored.
///
/// Two are equal when their codes are. The message never holds a customer's words.
public struct ImportRejection: Error, Sendable {
  /// What kind of reason it is: what a program counts by.
  public var code: Code
  /// What was found, and what was expected.
  public var message: String

  /// A rejection from its code and message.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// A kind of reason, by its name. An open set: other formats add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, as in `no_mail`.
    public var rawValue: String

    /// A code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No header field stands where one has to.
    public static let notMail = Code(rawValue: "no_mail")
    /// The file or message holds nothing.
    public static let empty = Code(rawValue: "empty")
    /// The item is larger than the limit.
    public static let tooLarge = Code(rawValue: "too_large")
    /// The file cannot be read.
    public static let unreadable = Code(rawValue: "unreadable")
    /// A link, named pipe, device or socket stands where a file was expected.
    public static let notAFile = Code(rawValue: "not_a_file")
    /// A directory is a Parley store.
    public static let store = Code(rawValue: "store")
    /// Directories stand deeper inside each other than the limit.
    public static let tooDeep = Code(rawValue: "too_deep")
    /// What would be stored is over a limit of the store.
    public static let overLimit = Code(rawValue: "over_limit")
  }
}

extension ImportRejection: Equatable {
  /// By code alone.
  public static func == (left: ImportRejection, right: ImportRejection) -> Bool { left.code == right.code }
}

extension ImportRejection: CustomStringConvertible {
  /// Code and message.
  public var description: String { "\(code.rawValue): \(message)" }
}

/// What a person should look at in an item that was taken.
public struct ImportWarning: Hashable, Sendable {
  /// What kind of warning it is.
  public var code: Code
  /// What was found and what was done about it; it may hold what the source stated.
  public var message: String

  /// A warning from its code and message.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// A kind of warning, by its name. An open set: other formats add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, as in `time_not_believed`.
    public var rawValue: String

    /// A code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The source's time was missing or not believed; the event has an estimate.
    public static let timeNotBelieved = Code(rawValue: "time_not_believed")
    /// Something of the item could not be read as it should be; its raw bytes are kept.
    public static let defect = Code(rawValue: "defect")
    /// No usable sender: the event stands under a contact of its own.
    public static let noSender = Code(rawValue: "no_sender")
    /// Another item has its id and other content: it is stored beside that one, under its content.
    public static let reusedID = Code(rawValue: "reused_id")
  }
}
