public import ParleyEnvelope

/// Why the log refused or could not do something. Equal when the codes are.
public struct LogError: Error, Sendable, Equatable {
  /// The kinds of failure. An open set: a later version may add some.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name, such as `disk-full`.
    public var rawValue: String

    /// A code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// There is no store in the directory.
    public static let noStore = Code(rawValue: "no-store")
    /// The directory to create a store in is not empty.
    public static let directoryNotEmpty = Code(rawValue: "directory-not-empty")
    /// The store's format is newer than this version reads.
    public static let newerFormat = Code(rawValue: "newer-format")
    /// The key is not the one the store was created with, or is missing.
    public static let wrongKey = Code(rawValue: "wrong-key")
    /// Another writer has the store open.
    public static let locked = Code(rawValue: "locked")
    /// The directory or its file system cannot be written to.
    public static let readOnly = Code(rawValue: "read-only")
    /// The disk is full. What was acknowledged is there; reopen when there is room.
    public static let diskFull = Code(rawValue: "disk-full")
    /// The disk refused an operation.
    public static let disk = Code(rawValue: "disk")
    /// A write or sync failed before: appends have stopped until the store is opened again.
    public static let writerStopped = Code(rawValue: "writer-stopped")
    /// A limit was exceeded; nothing was stored.
    public static let limit = Code(rawValue: "limit")
    /// The batch is not one that can be stored, such as one with the same id twice.
    public static let invalidBatch = Code(rawValue: "invalid-batch")
    /// Bytes below the durable mark are not what was written.
    public static let damaged = Code(rawValue: "damaged")
    /// A file is gone that another may be in the place of. Readers then look again: no caller sees it.
    static let replaced = Code(rawValue: "replaced")
    /// The log was closed, or opened for reading only.
    public static let notWritable = Code(rawValue: "not-writable")
  }

  /// What kind of failure it is.
  public var code: Code
  /// What was found, what was expected and what to do.
  public var message: String
  /// The file, relative to the store's directory, if one is concerned.
  public var file: String?
  /// The byte offset in that file.
  public var offset: Int?
  /// The event's position.
  public var position: Position?

  /// A failure of a kind, described.
  public init(
    _ code: Code, _ message: String, file: String? = nil, offset: Int? = nil, position: Position? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.offset = offset
    self.position = position
  }

  /// Equal when the codes are.
  public static func == (left: LogError, right: LogError) -> Bool { left.code == right.code }
}

extension LogError: CustomStringConvertible {
  /// The message with its place.
  public var description: String {
    var parts: [String] = []
    if let position { parts.append("position \(position)") }
    if let file, !file.isEmpty { parts.append("file \(file)" + (offset.map { " at byte \($0)" } ?? "")) }
    return parts.isEmpty ? message : "\(message) (\(parts.joined(separator: ", ")))"
  }
}
