/// A blob that could not be put or read.
package struct BlobError: Error, Sendable, Equatable {
  /// What kind of failure it is.
  package enum Code: Sendable {
    /// No blob has this digest.
    case missing
    /// The file's bytes do not have the digest that is its name.
    case damaged
    /// More bytes than a blob may have.
    case tooLarge
    /// The writer was finished, cancelled, or failed before.
    case closed
    /// The disk refused; `cause` says what.
    case storage
  }

  package var code: Code
  /// What was found, what was expected, what to do.
  package var message: String
  /// The disk's refusal.
  package var cause: StorageError?

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package init(_ cause: StorageError) {
    code = .storage
    message = cause.description
    self.cause = cause
  }

  /// Runs disk work, its refusal turned into an error of blobs.
  static func wrapping<Value>(_ body: () throws(StorageError) -> Value) throws(BlobError) -> Value {
    do { return try body() } catch { throw BlobError(error) }
  }
}

extension BlobError: CustomStringConvertible {
  package var description: String { message }
}
