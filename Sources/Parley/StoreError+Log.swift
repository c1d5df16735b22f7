package import ParleyLog

extension StoreError {
  /// A refusal of the log, under the name it has here.
  package init(_ error: LogError) {
    let place = Place(position: error.position, file: error.file, offset: error.offset)
    self.init(Self.codes[error.code] ?? .disk, error.message, at: place, cause: error)
  }

  private static let codes: [LogError.Code: Code] = [
    .noStore: .noStore, .directoryNotEmpty: .directoryNotEmpty, .newerFormat: .newerFormat,
    .wrongKey: .wrongKey, .locked: .alreadyOpen, .readOnly: .readOnly, .diskFull: .diskFull, .disk: .disk,
    .writerStopped: .writerStopped, .limit: .limitExceeded, .invalidBatch: .invalidEvent,
    .damaged: .damaged, .notWritable: .notWritable,
  ]

  /// A refusal of the blob store.
  init(_ error: BlobError) { self.init(.blob, error.message, cause: error) }

  /// Runs work on the log, its refusals turned into the store's.
  static func wrappingLog<Value>(_ work: () throws(LogError) -> Value) throws(StoreError) -> Value {
    do { return try work() } catch { throw StoreError(error) }
  }

  /// Runs work on blobs, its refusals turned into the store's.
  static func wrappingBlobs<Value>(_ work: () throws(BlobError) -> Value) throws(StoreError) -> Value {
    do { return try work() } catch { throw StoreError(error) }
  }
}
