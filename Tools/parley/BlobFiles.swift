import Parley
import ParleyEvents
import ParleyLog

/// Writes the bytes that an event names, its attachments and the mail as it came, to files of a directory. Overwrites
/// nothing; a file is there only when its bytes have their digest.
struct BlobFiles {
  /// What became of one.
  struct Outcome {
    enum State {
      /// The path of the file it is in.
      case written(String)
      /// Its bytes are not in the store.
      case missing
      /// Its bytes are not what they were.
      case damaged
    }

    var blob: BlobReference
    var state: State
  }

  /// Files of one name that are counted up, at most.
  static let sameNameMax = 10_000

  private let store: ConversationStore
  private let directory: String

  /// Files of a directory, which is made when it is not there.
  init(of store: ConversationStore, in directory: String) throws {
    self.store = store
    self.directory = directory
    guard System.makeDirectory(directory) else {
      throw CommandFailure(.cannotOpen, "\(directory): \(System.errorText())")
    }
    try Self.checkOutsideStores(directory)
  }

  /// That files with names that customers chose do not come to lie among a store's own.
  private static func checkOutsideStores(_ directory: String) throws {
    var names = (System.realPath(directory) ?? directory).split(separator: "/")
    while !names.isEmpty {
      if System.canRead("/" + names.joined(separator: "/") + "/store.json") {
        throw CommandFailure(
          .usage, "\(directory) lies in a store", hint: "Name a directory outside of it for --blobs.")
      }
      names.removeLast()
    }
  }

  /// Writes all that an event names, in its order.
  func write(_ event: Event) throws -> [Outcome] {
    try event.body.blobs.map { blob in Outcome(blob: blob, state: try write(blob)) }
  }

  private func write(_ blob: BlobReference) throws -> Outcome.State {
    guard let digest = BlobDigest([UInt8](blob.digest)), try isThere(digest) else { return .missing }
    let (path, descriptor) = try newFile(named: name(of: blob, digest))
    defer { System.closeDescriptor(descriptor) }
    do {
      try store.log.blobs.read(digest) { (chunk: [UInt8]) throws(BlobError) in
        guard System.writeAll(descriptor, chunk) else { throw BlobError(.storage, System.errorText()) }
      }
      return .written(path)
    } catch {
      System.removeFile(path)
      if error.code == .damaged { return .damaged }
      throw CommandFailure(.cannotOpen, "\(path): \(error.message)")
    }
  }

  private func isThere(_ digest: BlobDigest) throws -> Bool {
    do { return try store.log.blobs.contains(digest) } catch {
      throw CommandFailure(.cannotOpen, error.message)
    }
  }

  /// The source's name, or one made of the digest.
  private func name(of blob: BlobReference, _ digest: BlobDigest) -> SafeFileName {
    let suffix = Self.suffixes[blob.mediaType] ?? ""
    return SafeFileName(blob.fileName, substitute: digest.hex.prefix(16) + suffix)
  }

  /// A file that was not there.
  private func newFile(named name: SafeFileName) throws -> (path: String, descriptor: Int32) {
    for others in 0..<Self.sameNameMax {
      let path = directory + "/" + name.text(after: others)
      if let descriptor = System.openNew(path) { return (path, descriptor) }
      guard System.isAlreadyThere else {
        throw CommandFailure(.cannotOpen, "\(path): \(System.errorText())")
      }
    }
    throw CommandFailure(
      .cannotOpen,
      "\(directory) has \(grouped(Self.sameNameMax)) files called \(name.text(after: 0)); take another")
  }

  /// How the names of files without one end, by what is in them.
  private static let suffixes = [
    "message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics",
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif",
    "audio/mpeg": ".mp3", "audio/wav": ".wav",
  ]
}

extension BlobFiles.Outcome {
  /// A line for people.
  var text: String {
    let what = "\(byteCount(blob.size)) of \(blob.mediaType.isEmpty ? "unknown type" : blob.mediaType)"
    switch state {
    case .written(let path): return VisibleText.line("\(path), \(what)")
    case .missing: return VisibleText.line("\(what)\(name), digest \(digest): its bytes are not in the store")
    case .damaged: return VisibleText.line("\(what)\(name), digest \(digest): its bytes are damaged")
    }
  }

  /// One object.
  var json: String {
    var json = JSONText()
    json.add("digest", digest)
    json.add("size", blob.size)
    if !blob.mediaType.isEmpty { json.add("mediaType", blob.mediaType) }
    if !blob.fileName.isEmpty { json.add("fileName", blob.fileName) }
    switch state {
    case .written(let path): json.add("file", path)
    case .missing: json.add("missing", true)
    case .damaged: json.add("damaged", true)
    }
    return json.line
  }

  private var name: String { blob.fileName.isEmpty ? "" : ", called \(blob.fileName)" }

  private var digest: String { hexString([UInt8](blob.digest)) }
}
