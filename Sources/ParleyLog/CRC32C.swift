/// CRC-32C (Castagnoli): what guards every block and table on disk against damage, not against malice.
///
/// The check value of "123456789" is 0xE3069283. By the CPU's instruction where it has one.
package enum CRC32C {
  /// The checksum of some bytes; `seed` is the checksum of what came before them.
  package static func of(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
    UnsafeBytes.crc32c(bytes, seed: seed)
  }

  /// The checksum of an array's bytes; `seed` is the checksum of what came before them.
  package static func of(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    bytes.withBytes { UnsafeBytes.crc32c($0, seed: seed) }
  }
}
