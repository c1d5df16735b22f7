public import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// What a store refuses or cannot do. Two errors are equal when their codes are.
///
/// A message says what was found, what was expected and what to do; it never holds a customer's words, names,
/// addresses or numbers, so that it may be logged.
public struct StoreError: Error, Sendable {
  /// What kind of error this is: what a program decides by.
  public var code: Code
  /// What was found, what was expected and what to do, for a person to read.
  public var message: String
  /// Where it was found.
  public var place: Place
  /// The error below this one, if there is one.
  public var cause: (any Error)?

  /// An error from its parts.
  public init(_ code: Code, _ message: String, at place: Place = Place(), cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.cause = cause
  }

  /// A kind of error, by its name. An open set: later versions add more; an event's or identity's own refusal
  /// keeps the name that `EventError.Code` gives it.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, as in `already_open`.
    public var rawValue: String

    /// A code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
  }

  /// Where an error was found; what does not apply is nil.
  public struct Place: Hashable, Sendable {
    /// Which event of a batch, from 0.
    public var index: Int?
    /// A position in the log.
    public var position: Position?
    /// A file, relative to the store's directory.
    public var file: String?
    /// A byte offset in the file.
    public var offset: Int?

    /// A place from what is known of it.
    public init(index: Int? = nil, position: Position? = nil, file: String? = nil, offset: Int? = nil) {
      self.index = index
      self.position = position
      self.file = file
      self.offset = offset
    }
  }
}

extension StoreError.Code {
  /// There is no store in the directory.
  public static let noStore = Self(rawValue: "no_store")
  /// A store is to be created in a directory that is not empty.
  public static let directoryNotEmpty = Self(rawValue: "directory_not_empty")
  /// The store was written by a newer version than this.
  public static let newerFormat = Self(rawValue: "newer_format")
  /// The key is not the one the store was created with, or is missing.
  public static let wrongKey = Self(rawValue: "wrong_key")
  /// Another process, or this one, has the store open for appending.
  public static let alreadyOpen = Self(rawValue: "already_open")
  /// The directory or its file system cannot be written to.
  public static let readOnly = Self(rawValue: "read_only")
  /// The disk is full. Everything acknowledged is there; free some space and open the store again.
  public static let diskFull = Self(rawValue: "disk_full")
  /// The disk failed. Whether what was being appended is there shows after opening the store again.
  public static let disk = Self(rawValue: "disk")
  /// An earlier write failed, and no more is appended until the store is opened again. Reads go on.
  public static let writerStopped = Self(rawValue: "writer_stopped")
  /// The store was closed, or opened for reading only.
  public static let notWritable = Self(rawValue: "not_writable")
  /// Bytes in the log are not what was written there.
  public static let damaged = Self(rawValue: "damaged")
  /// More or larger than the store takes; nothing was stored.
  public static let limitExceeded = Self(rawValue: "limit_exceeded")
  /// An id stands twice in one batch; nothing was stored.
  public static let repeatedID = Self(rawValue: "repeated_id")
  /// An id is known with different content; nothing was stored.
  public static let differentContent = Self(rawValue: "different_content")
  /// A condition was given and part of the batch is known already; nothing was stored.
  public static let partlyKnown = Self(rawValue: "partly_known")
  /// Something happened since what the condition names was read; nothing was stored.
  public static let somethingNew = Self(rawValue: "something_new")
  /// A reply's, link's or note's target is not there.
  public static let noSuchEvent = Self(rawValue: "no_such_event")
  /// An event says neither a customer nor anything the customer follows from.
  public static let noStream = Self(rawValue: "no_stream")
  /// The store's options are not such as this version can use.
  public static let invalidOptions = Self(rawValue: "invalid_options")
  /// A blob is not there, or could not be kept.
  public static let blob = Self(rawValue: "blob")
  /// An event or identity is not what it should be. Most such errors keep a code of their own.
  public static let invalidEvent = Self(rawValue: "invalid_event")
}

extension StoreError: Equatable {
  /// By code alone.
  public static func == (left: StoreError, right: StoreError) -> Bool { left.code == right.code }
}

extension StoreError: CustomStringConvertible {
  /// Code, message and place.
  public var description: String { "\(code.rawValue): \(message)\(place)" }
}

extension StoreError.Place: CustomStringConvertible {
  /// The known parts behind a blank, in parentheses; empty when nothing is known.
  public var description: String {
    var parts: [String] = []
    if let index { parts.append("event \(index) of the batch") }
    if let position { parts.append("position \(position)") }
    if let file, !file.isEmpty { parts.append("file \(file)" + (offset.map { " at byte \($0)" } ?? "")) }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }
}

// MARK: - From the modules below

extension StoreError {
  /// A refusal of an event or identity, under its own code.
  init(_ error: EventError, index: Int? = nil) {
    self.init(Code(rawValue: error.code.rawValue), error.message, at: Place(index: index), cause: error)
  }

  /// Runs work on events, its refusals turned into the store's.
  static func wrappingEvents<Value>(
    index: Int? = nil, _ work: () throws(EventError) -> Value
  ) throws(StoreError) -> Value {
    do { return try work() } catch { throw StoreError(error, index: index) }
  }
}
