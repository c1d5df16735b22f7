import Parley
import ParleyImport

/// The file of `--report`: every rejection and every warning, one a line.
final class ImportReportWriter {
  private let path: String?
  private var descriptor: Int32?
  private var buffer: [UInt8] = []
  private static let bufferBytesMax = 64 * 1024

  /// A writer to a file; without one it takes everything and writes nothing.
  init(path: String?) throws {
    self.path = path
    guard let path else { return }
    try Self.checkMayBeReplaced(path)
    guard let opened = System.openForWriting(path) else {
      throw CommandFailure(.cannotOpen, "\(path): \(System.errorText())")
    }
    descriptor = opened
  }

  /// That nothing but an earlier report is lost by writing to a path: it may be a mail, or the store's own key.
  private static func checkMayBeReplaced(_ path: String) throws {
    guard let existing = System.openForReading(path) else { return }
    defer { System.closeDescriptor(existing) }
    guard System.fileSize(existing) > 0 else { return }
    let beginning = System.readSome(existing, lineBeginning.count) ?? []
    guard beginning == lineBeginning else {
      throw CommandFailure(
        .usage, "--report \(path): the file is there and is no earlier report",
        hint: "Name a new file. Nothing was imported.")
    }
  }

  /// What every line of a report begins with.
  private static let lineBeginning = Array(#"{"item":"#.utf8)

  func write(_ place: ImportPlace, _ rejection: ImportRejection) throws {
    var json = JSONText()
    json.add("item", place.description)
    json.add("rejected", rejection.code.rawValue)
    json.add("message", rejection.message)
    try write(json)
  }

  /// An item of which only opening the store again tells whether it is stored.
  func write(_ place: ImportPlace, unknown error: StoreError) throws {
    var json = JSONText()
    json.add("item", place.description)
    json.add("unknown", error.code.rawValue)
    json.add("message", error.message)
    try write(json)
  }

  func write(_ item: ImportItem) throws {
    for warning in item.warnings {
      var json = JSONText()
      json.add("item", item.place.description)
      json.add("warning", warning.code.rawValue)
      json.add("message", warning.message)
      try write(json)
    }
  }

  func close() throws {
    try flush()
    if let descriptor { System.closeDescriptor(descriptor) }
    descriptor = nil
  }

  private func write(_ json: JSONText) throws {
    guard descriptor != nil else { return }
    buffer += Array((json.line + "\n").utf8)
    if buffer.count >= Self.bufferBytesMax { try flush() }
  }

  private func flush() throws {
    guard let descriptor, !buffer.isEmpty else { return }
    guard System.writeAll(descriptor, buffer) else {
      throw CommandFailure(.cannotOpen, "\(path ?? ""): \(System.errorText())")
    }
    buffer = []
  }
}
