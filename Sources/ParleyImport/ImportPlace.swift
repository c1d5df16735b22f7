/// Where an item stands in its source: a file, and an offset where the file holds several.
public struct ImportPlace: Hashable, Sendable {
  /// The file as it was named or found; bytes of its name that are no UTF-8 are written `\xE9`.
  public var path: String
  /// The item's first byte in a file of several items.
  public var offset: UInt64?

  /// A place.
  public init(path: String, offset: UInt64? = nil) {
    self.path = path
    self.offset = offset
  }

  /// A place in a file by its bytes.
  init(_ path: FilePath, offset: UInt64? = nil) { self.init(path: path.description, offset: offset) }
}

extension ImportPlace: CustomStringConvertible {
  /// `FILE` or `FILE:OFFSET`.
  public var description: String { offset.map { "\(path):\($0)" } ?? path }
}
