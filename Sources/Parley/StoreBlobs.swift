import Foundation
public import ParleyEvents
import ParleyLog
import SwiftProtobuf

extension ConversationStore {
  /// Keeps bytes too large for an event, or not text, and returns what an event names them by. They are on disk when
  /// this returns, so an event that names them may be appended. Equal bytes are kept once. At most 4 GiB, all of it in
  /// memory.
  ///
  /// Throws `blob` when they can't be kept, as on a full disk, and `notWritable` in a store opened for reading.
  ///
  /// - Parameter fileName: the name that the source gave the file: data, never a path.
  @concurrent
  public func keep(
    _ bytes: [UInt8], as mediaType: String = "", fileName: String = ""
  ) async throws(StoreError) -> BlobReference {
    guard access == .appending else {
      throw StoreError(.notWritable, "the store is open for reading only: open it for appending")
    }
    return try await IOThreads.shared.run { () throws(StoreError) in
      let digest = try StoreError.wrappingBlobs { () throws(BlobError) in try self.log.blobs.put(bytes) }
      return BlobReference.with {
        $0.digest = Data(digest.bytes)
        $0.size = UInt64(bytes.count)
        $0.mediaType = mediaType
        $0.fileName = fileName
      }
    }
  }

  /// The bytes that an event names, all of them in memory. Throws `blob` when they are not there or not what they were.
  @concurrent
  public func bytes(of blob: BlobReference) async throws(StoreError) -> [UInt8] {
    try await IOThreads.shared.run { () throws(StoreError) in
      guard let digest = BlobDigest([UInt8](blob.digest)) else {
        throw StoreError(.blob, "a blob's digest has \(blob.digest.count) bytes; a SHA-256 has 32")
      }
      return try StoreError.wrappingBlobs { () throws(BlobError) in
        var bytes: [UInt8] = []
        try self.log.blobs.read(digest) { (chunk: [UInt8]) throws(BlobError) in bytes += chunk }
        return bytes
      }
    }
  }
}
