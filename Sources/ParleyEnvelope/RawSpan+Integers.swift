// The only unsafe code of this module: fixed-width little-endian loads from borrowed bytes.

extension RawSpan {
  /// The little-endian integer at a byte offset. Traps when it would read past the end.
  @inlinable
  package func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    precondition(
      offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size, "RawSpan.integer(at:) past the end")
    // Sound: the range was checked above, and any bits are a valid fixed-width integer.
    return Value(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Value.self))
  }
}

extension MutableRawSpan {
  /// Stores an integer little-endian at a byte offset. Traps when it would write past the end.
  @inlinable
  package mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }
}
