// The only unsafe code of this module: pointers lent to C for the length of one call.

import CLZ4
import CParleySystem
import Crypto
import ParleyEnvelope

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Calls into C, each given bytes that Swift owns and that outlive the call.
enum UnsafeBytes {
  /// The checksum of borrowed bytes, after a seed.
  static func crc32c(_ bytes: RawSpan, seed: UInt32) -> UInt32 {
    // Sound: the buffer is borrowed for the call, and C reads `count` bytes of it.
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe parley_crc32c(seed, buffer.baseAddress, buffer.count)
    }
  }
}

extension UnsafeBytes {
  /// The SHA-256 of borrowed bytes: its own bytes in order, eight to a word, little-endian.
  static func sha256(_ bytes: RawSpan) -> SIMD4<UInt64> {
    var hash = SHA256()
    // Sound: the buffers are borrowed for the calls, and a digest of SHA-256 has 32 bytes.
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return unsafe hash.finalize().withUnsafeBytes { digest in
      func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return SIMD4(word(0), word(1), word(2), word(3))
    }
  }
}

extension [UInt8] {
  /// Lends the array's bytes. (`span.bytes` counts as unsafe, for elements with padding.)
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Sound: every bit of a UInt8 is initialized.
    try body(unsafe span.bytes)
  }
}

extension [UInt8] {
  /// An array of borrowed bytes.
  package init(copying bytes: RawSpan) {
    // Sound: the buffer is borrowed for the call, which copies it.
    self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

// MARK: - LZ4

extension UnsafeBytes {
  /// Appends a block's plain bytes to an array, whose room is not filled with zeros first; false, and nothing
  /// appended, when they are not exactly `plainCount`.
  static func lz4Decode(_ stored: RawSpan, plainCount: Int, appendingTo output: inout [UInt8]) -> Bool {
    // Sound: LZ4_decompress_safe reads at most `count` and writes at most `plainCount` bytes, for which there is
    // room behind those initialized, and says how many it wrote. An empty array's buffer may have no address,
    // which liblz4 does not promise to accept: hence one byte at least.
    var isExact = false
    output.append(addingCapacity: max(1, plainCount)) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, initializedCount in
        let written = unsafe stored.withUnsafeBytes { input in
          guard let from = input.baseAddress, let to = buffer.baseAddress else { return Int32(-1) }
          return unsafe LZ4_decompress_safe(
            from.assumingMemoryBound(to: CChar.self),
            UnsafeMutableRawPointer(to + initializedCount).assumingMemoryBound(to: CChar.self),
            Int32(input.count), Int32(plainCount))
        }
        isExact = Int(written) == plainCount
        if isExact { initializedCount += plainCount }
      }
    }
    return isExact
  }

  /// The same for a block that was encoded with a dictionary, which the array ends with. Traps when it is not so long.
  static func lz4Decode(
    _ stored: RawSpan, dictionaryCount: Int, plainCount: Int, appendingTo output: inout [UInt8]
  ) -> Bool {
    precondition(dictionaryCount <= output.count, "UnsafeBytes.lz4Decode: an array without the dictionary")
    // Sound: as above; the dictionary is the array's last bytes, before the room that is written.
    var isExact = false
    output.append(addingCapacity: max(1, plainCount)) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, initializedCount in
        let written = unsafe stored.withUnsafeBytes { input in
          guard let from = input.baseAddress, let start = buffer.baseAddress else { return Int32(-1) }
          let to = unsafe UnsafeMutableRawPointer(start + initializedCount)
          return unsafe LZ4_decompress_safe_usingDict(
            from.assumingMemoryBound(to: CChar.self), to.assumingMemoryBound(to: CChar.self),
            Int32(input.count), Int32(plainCount),
            (to - dictionaryCount).assumingMemoryBound(to: CChar.self), Int32(dictionaryCount))
        }
        isExact = Int(written) == plainCount
        if isExact { initializedCount += plainCount }
      }
    }
    return isExact
  }

  /// liblz4's working memory for one encoder, freed with it.
  @safe struct LZ4Memory: ~Copyable {
    private let state: UnsafeMutableRawPointer
    private let stateByteCount: Int
    /// The level of HC, nil for the fast encoder.
    private let level: Int32?

    private init(byteCount: Int32, level: Int32?) {
      // Sound: liblz4 asks for 8-byte alignment; a kept pointer has one owner, this value, which frees it.
      unsafe state = .allocate(byteCount: Int(byteCount), alignment: 16)
      stateByteCount = Int(byteCount)
      self.level = level
    }

    deinit { unsafe state.deallocate() }

    static func fast() -> LZ4Memory { LZ4Memory(byteCount: LZ4_sizeofState(), level: nil) }

    static func high(level: Int32) -> LZ4Memory { LZ4Memory(byteCount: LZ4_sizeofStateHC(), level: level) }

    /// Appends the block of `plain`, which may repeat what a dictionary has; nil, with `output` as it was, when it would
    /// not be smaller. A dictionary is for the encoder of a level.
    mutating func encode(
      _ plain: RawSpan, dictionary: [UInt8] = [], appendingTo output: inout [UInt8]
    ) -> Int? {
      precondition(level != nil || dictionary.isEmpty, "LZ4Memory.encode: the fast encoder has no dictionary")
      let room = plain.byteCount - 1
      guard room > 0 else { return nil }
      let before = output.count
      output.append(addingCapacity: room) { span in
        // Sound: the span has room for `room` more bytes; every call writes at most that and says how many it wrote, 0
        // when it is not enough. Input and dictionary are borrowed for as long as it takes.
        unsafe span.withUnsafeMutableBufferPointer { buffer, initializedCount in
          let written = unsafe plain.withUnsafeBytes { input -> Int32 in
            unsafe dictionary.withUnsafeBytes { words -> Int32 in
              guard let from = input.baseAddress, let to = buffer.baseAddress else { return 0 }
              let target = unsafe UnsafeMutableRawPointer(to + initializedCount)
              return unsafe compress(
                from.assumingMemoryBound(to: CChar.self), Int32(input.count), words,
                to: target.assumingMemoryBound(to: CChar.self), Int32(room))
            }
          }
          initializedCount += Int(max(0, written))
        }
      }
      let written = output.count - before
      return written > 0 ? written : nil
    }

    /// Every call sets the state up anew, so equal input gives equal output: `LZ4_resetStream_fast` would save 0.3 µs a
    /// block and give that up.
    private func compress(
      _ source: UnsafePointer<CChar>, _ count: Int32, _ dictionary: UnsafeRawBufferPointer,
      to target: UnsafeMutablePointer<CChar>, _ room: Int32
    ) -> Int32 {
      guard let level else { return unsafe LZ4_compress_fast_extState(state, source, target, count, room, 1) }
      guard let words = dictionary.baseAddress, dictionary.count > 0 else {
        return unsafe LZ4_compress_HC_extStateHC(state, source, target, count, room, level)
      }
      // Sound: the state has the size of a stream's.
      guard let stream = unsafe LZ4_initStreamHC(state, stateByteCount) else { return 0 }
      unsafe LZ4_resetStreamHC_fast(stream, level)
      _ = unsafe LZ4_loadDictHC(stream, words.assumingMemoryBound(to: CChar.self), Int32(dictionary.count))
      return unsafe LZ4_compress_HC_continue(stream, source, target, count, room)
    }
  }
}

// MARK: - System calls with pointers
//
// Sound throughout: a path is lent to the call as a zero-terminated copy, a buffer for the length of the call with
// its own count, and a struct that a call fills is zeroed first and read only when the call succeeded.

extension SystemCall {
  static func open(_ path: String, flags: Int32) throws(SystemError) -> Int32 {
    #if canImport(Darwin)
    try checked { unsafe Darwin.open(path, flags, 0o600) }
    #elseif canImport(Musl)
    try checked { unsafe Musl.open(path, flags, 0o600) }
    #else
    try checked { unsafe Glibc.open(path, flags, 0o600) }
    #endif
  }

  /// Up to `count` bytes from an offset, fewer only at the end of the file.
  static func read(_ descriptor: Int32, count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(SystemError) {
        initializedCount = try SystemError.movingAll(count) { done throws(SystemError) in
          guard let base = buffer.baseAddress else { return 0 }
          return try checkedOnce(unsafe pread(descriptor, base + done, count - done, off_t(offset + done)))
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes at an offset.
  static func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: Int) throws(SystemError) {
    let moved = try unsafe bytes.withUnsafeBytes { buffer throws(SystemError) in
      try SystemError.movingAll(buffer.count) { done throws(SystemError) in
        guard let base = buffer.baseAddress else { return 0 }
        return try checkedOnce(
          unsafe pwrite(descriptor, base + done, buffer.count - done, off_t(offset + done)))
      }
    }
    // POSIX lets a write of a regular file move nothing only when nothing was asked for.
    if moved != bytes.byteCount { throw .inputOutput }
  }

  static func exists(_ path: String) throws(SystemError) -> Bool {
    do {
      _ = try checked { unsafe access(path, F_OK) }
      return true
    } catch  where error == .notFound || error == .notDirectory {
      return false
    }
  }

  static func list(_ path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw SystemError(code: errno) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(directory) else {
        if errno != 0 { throw SystemError(code: errno) }
        return names
      }
      // Through the field's address: an entry is as long as its name, and copying a whole `dirent` may read past it.
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
      let name = unsafe String(
        cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
      if name != "." && name != ".." { names.append(name) }
    }
  }

  /// Makes one directory; no error when something with its name is there.
  static func makeDirectory(_ path: String) throws(SystemError) {
    do { _ = try checked { unsafe mkdir(path, 0o700) } } catch  where error == .exists {}
  }

  static func rename(_ path: String, to newPath: String) throws(SystemError) {
    #if canImport(Darwin)
    _ = try checked { unsafe Darwin.rename(path, newPath) }
    #elseif canImport(Musl)
    _ = try checked { unsafe Musl.rename(path, newPath) }
    #else
    _ = try checked { unsafe Glibc.rename(path, newPath) }
    #endif
  }

  static func unlink(_ path: String) throws(SystemError) {
    #if canImport(Darwin)
    _ = try checked { unsafe Darwin.unlink(path) }
    #elseif canImport(Musl)
    _ = try checked { unsafe Musl.unlink(path) }
    #else
    _ = try checked { unsafe Glibc.unlink(path) }
    #endif
  }

  /// Throws ESPIPE for what is neither file nor directory: a pipe, a socket, a device.
  static func checkSeekable(_ descriptor: Int32) throws(SystemError) {
    var information = stat()
    _ = try checkedOnce(unsafe fstat(descriptor, &information))
    let kind = information.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else { throw .notSeekable }
  }

  static func identity(of descriptor: Int32) throws(SystemError) -> FileIdentity {
    var information = stat()
    _ = try checkedOnce(unsafe fstat(descriptor, &information))
    return FileIdentity(information)
  }

  static func identity(at path: String) throws(SystemError) -> FileIdentity {
    var information = stat()
    _ = try checkedOnce(unsafe stat(path, &information))
    return FileIdentity(information)
  }

  static func workingDirectory() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  static func hostName() -> String {
    let name = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, initializedCount in
      unsafe buffer.initialize(repeating: 0)
      // One byte is left, as a name that was cut need not end in zero.
      let failed = unsafe gethostname(
        UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), 255)
      initializedCount = failed == 0 ? 256 : 0
    }
    return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
  }

  static func now() -> Timestamp {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// The system's words for an error number.
  static func message(for number: Int32) -> String {
    // Sound: a buffer of our own, as the pointer `strerror` gives may be another thread's too.
    let text = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, initializedCount in
      unsafe buffer.initialize(repeating: 0)
      let failed = unsafe strerror_r(
        number, UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), 255)
      initializedCount = failed == 0 ? 256 : 0
    }
    let words = text.prefix { $0 != 0 }
    return words.isEmpty ? "error \(number)" : String(decoding: words, as: UTF8.self)
  }
}

extension FileIdentity {
  fileprivate init(_ information: stat) {
    device = UInt64(truncatingIfNeeded: information.st_dev)
    inode = UInt64(truncatingIfNeeded: information.st_ino)
  }
}

// MARK: - Threads

extension SystemCall {
  /// Starts a thread that runs `body` and is never joined; false when the system has none left.
  static func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    // Sound: the box is retained once here and released once by the thread, or here when there is no thread.
    let box = unsafe Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Darwin)
    var thread: pthread_t?
    #else
    var thread = pthread_t()
    #endif
    let failed = unsafe pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
        let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
        #else
        let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
        #endif
        body.run()
        return nil
      }, box.toOpaque())
    if failed != 0 {
      unsafe box.release()
      return false
    }
    #if canImport(Darwin)
    if let thread = unsafe thread { unsafe pthread_detach(thread) }
    #else
    pthread_detach(thread)
    #endif
    return true
  }

  private final class ThreadBody {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

// MARK: - Appending without filling first

extension [UInt8] {
  /// Appends borrowed bytes.
  mutating func append(copying bytes: RawSpan) {
    // Sound: the buffer is borrowed for the call, which copies it.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Appends so many zeros and lends them to be overwritten.
  mutating func appendZeros(_ count: Int, _ fill: (inout MutableRawSpan) -> Void) {
    append(addingCapacity: count) { room in
      // Sound: the room has `count` bytes behind those initialized, which are set to zero before they are lent.
      unsafe room.withUnsafeMutableBufferPointer { buffer, initializedCount in
        let fresh = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[initializedCount..<(initializedCount + count)])
        unsafe fresh.initializeMemory(as: UInt8.self, repeating: 0)
        var span = unsafe MutableRawSpan(_unsafeBytes: fresh)
        fill(&span)
        initializedCount += count
      }
    }
  }

  /// Lends all of the array's bytes to be overwritten.
  mutating func overwrite<Result>(_ body: (inout MutableRawSpan) throws -> Result) rethrows -> Result {
    // Sound: the buffer is the array's own, initialized, and lent for the call.
    try unsafe withUnsafeMutableBytes { buffer in
      var span = unsafe MutableRawSpan(_unsafeBytes: buffer)
      return try body(&span)
    }
  }

  /// Appends an integer's bytes, the lowest first.
  mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(littleEndian value: Value) {
    // Sound: the copy's bytes are borrowed for the call, and an integer has no padding.
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }
}

// MARK: - Large memory

extension Array where Element: BitwiseCopyable {
  /// Makes room for so many elements in all that are going to be used, in large pages where the system has them: the first
  /// touch of a page of 4 KiB takes longer than decoding what is put there.
  mutating func reserveLargeCapacity(_ count: Int) {
    guard count > capacity else { return }
    reserveCapacity(count)
    #if os(Linux)
    append(addingCapacity: count - self.count) { room in
      // Sound: a hint, and only on pages that lie in the room as a whole; what it says of failing is of no use.
      unsafe room.withUnsafeMutableBufferPointer { buffer, _ in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        guard let base = bytes.baseAddress else { return }
        let largePage = 2 << 20
        let first = unsafe base.alignedUp(toMultipleOf: largePage)
        let last = unsafe (base + bytes.count).alignedDown(toMultipleOf: largePage)
        if unsafe first < last { _ = unsafe madvise(first, last - first, MADV_HUGEPAGE) }
      }
    }
    #endif
  }
}

// MARK: - Columns

extension UnsafeBytes {
  /// Joins numbers of which each byte stands in a plane of its own, the lowest first, adds a number to each (wrapping), and
  /// stores them over the first of `values`. Traps when the planes or the values are not as many as needed.
  static func join(planes: RawSpan, of count: Int, adding least: UInt64, into values: inout [UInt64]) {
    let planeCount = count == 0 ? 0 : planes.byteCount / count
    precondition(
      planes.byteCount == planeCount * count && planeCount <= 8 && count <= values.count,
      "UnsafeBytes.join: other planes or values than numbers")
    // Sound: `from` has `planeCount` times `count` bytes and `to` has `count` numbers, as was checked above; eight at once
    // are loaded and stored only where there are eight.
    unsafe planes.withUnsafeBytes { from in
      unsafe values.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        switch planeCount {
        case 1: unsafe join(1, from, count, least, to)
        case 2: unsafe join(2, from, count, least, to)
        case 3: unsafe join(3, from, count, least, to)
        case 4: unsafe join(4, from, count, least, to)
        case 5: unsafe join(5, from, count, least, to)
        case 6: unsafe join(6, from, count, least, to)
        case 7: unsafe join(7, from, count, least, to)
        default: unsafe join(8, from, count, least, to)
        }
      }
    }
  }

  /// With a number of planes that is known when this is compiled.
  @inline(__always)
  private static func join(
    _ planeCount: Int, _ from: UnsafeRawPointer, _ count: Int, _ least: UInt64, _ to: UnsafeMutableRawPointer
  ) {
    var index = 0
    while index <= count &- 8 {
      var low = SIMD8<UInt32>()
      var high = SIMD8<UInt32>()
      for plane in 0..<planeCount {
        let bytes = unsafe from.loadUnaligned(fromByteOffset: plane &* count &+ index, as: SIMD8<UInt8>.self)
        let shifted = SIMD8<UInt32>(truncatingIfNeeded: bytes) &<< UInt32(8 &* (plane & 3))
        if plane < 4 { low |= shifted } else { high |= shifted }
      }
      let joined =
        SIMD8<UInt64>(truncatingIfNeeded: low) | SIMD8<UInt64>(truncatingIfNeeded: high) &<< 32
      unsafe to.storeBytes(of: joined &+ least, toByteOffset: index &* 8, as: SIMD8<UInt64>.self)
      index &+= 8
    }
    while index < count {
      var value: UInt64 = 0
      for plane in 0..<planeCount {
        let byte = unsafe from.load(fromByteOffset: plane &* count &+ index, as: UInt8.self)
        value |= UInt64(byte) &<< UInt64(8 &* plane)
      }
      unsafe to.storeBytes(of: value &+ least, toByteOffset: index &* 8, as: UInt64.self)
      index &+= 1
    }
  }

  /// Calls with each of some elements and a value for it: loops over columns are that hot that a check of each place
  /// would be half their cost. Traps when there are not so many elements or values.
  @inline(__always)
  static func update<Element: BitwiseCopyable>(
    _ elements: inout [Element], _ range: Range<Int>, from values: [UInt64],
    _ body: (inout Element, UInt64) -> Void
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= elements.count && range.count <= values.count,
      "UnsafeBytes.update: fewer elements or values")
    // Sound: the elements of the range and as many values are there, as was checked above.
    unsafe elements.withUnsafeMutableBufferPointer { elements in
      unsafe values.withUnsafeBufferPointer { values in
        guard let element = elements.baseAddress, let value = values.baseAddress else { return }
        for index in 0..<range.count { unsafe body(&element[range.lowerBound &+ index], value[index]) }
      }
    }
  }

  /// The same with sixteen bytes for each, which follow each other from an offset on.
  @inline(__always)
  static func update<Element: BitwiseCopyable>(
    _ elements: inout [Element], _ range: Range<Int>, from bytes: RawSpan, at offset: Int,
    _ body: (inout Element, Words16) -> Void
  ) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= elements.count && offset >= 0
        && range.count * Words16.byteCount <= bytes.byteCount - offset,
      "UnsafeBytes.update: fewer elements or bytes")
    // Sound: the elements of the range and sixteen bytes for each are there, as was checked above.
    unsafe elements.withUnsafeMutableBufferPointer { elements in
      unsafe bytes.withUnsafeBytes { bytes in
        guard let element = elements.baseAddress, let byte = bytes.baseAddress else { return }
        for index in 0..<range.count {
          let words = unsafe (byte + offset).loadUnaligned(
            fromByteOffset: index &* Words16.byteCount, as: SIMD2<UInt64>.self)
          unsafe body(
            &element[range.lowerBound &+ index],
            Words16(first: words.x.littleEndian, second: words.y.littleEndian))
        }
      }
    }
  }

  /// How many slots ahead the memory of one is asked for: they stand here and there, and waiting for each would be most of
  /// what a replay costs.
  private static let slotsAhead = 16

  /// Overwrites the first bytes of an array with some of many slots. Traps when there is one that is not there, or no room.
  static func copy(_ slots: [SlotWords], _ chosen: ArraySlice<UInt32>, to bytes: inout [UInt8]) {
    precondition(
      chosen.count <= bytes.count / MemoryLayout<SlotWords>.size, "UnsafeBytes.copy: no room for slots")
    // Sound: there is room for so many slots, as was checked above, and each is checked to be there before it is copied.
    // Asking for memory reads nothing, whatever is there.
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe chosen.withUnsafeBufferPointer { chosen in
        unsafe bytes.withUnsafeMutableBytes { bytes in
          guard let from = slots.baseAddress, let to = bytes.baseAddress else { return }
          for index in chosen.indices {
            if index < chosen.count &- slotsAhead {
              unsafe parley_prefetch_slot(from + Int(chosen[index &+ slotsAhead]))
            }
            let slot = Int(unsafe chosen[index])
            precondition(slot < slots.count, "UnsafeBytes.copy: no such slot")
            unsafe to.storeBytes(
              of: from[slot].littleEndian, toByteOffset: index &* MemoryLayout<SlotWords>.size,
              as: SlotWords.self)
          }
        }
      }
    }
  }
}

extension [Words16] {
  /// Appends borrowed bytes, sixteen to an element.
  mutating func append(copying bytes: RawSpan) {
    let count = bytes.byteCount / Words16.byteCount
    append(addingCapacity: count) { room in
      for index in 0..<count { room.append(Words16(bytes, at: index * Words16.byteCount)) }
    }
  }
}

// MARK: - Randomness

extension MutableRawSpan {
  /// Overwrites bytes from an offset on. Traps when they don't fit.
  mutating func store(copying bytes: RawSpan, at offset: Int) {
    precondition(
      offset >= 0 && bytes.byteCount <= byteCount - offset, "MutableRawSpan.store(copying:) past the end")
    // Sound: the range was checked above, and both buffers are borrowed for the call.
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        guard let to = target.baseAddress, let from = source.baseAddress else { return }
        unsafe (to + offset).copyMemory(from: from, byteCount: source.count)
      }
    }
  }
}

extension UnsafeBytes {
  /// Whether two spans hold the same bytes.
  static func areEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    // Sound: both buffers are borrowed for the call, which reads as many bytes as both have.
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return unsafe memcmp(first, second, left.count) == 0
      }
    }
  }
}

extension UnsafeBytes {
  /// So many bytes of the system's generator, in one call: a call for each word would cost more than a commit's
  /// encoding.
  static func random(_ count: Int) -> [UInt8] {
    // Sound: the call fills exactly the `count` bytes that the buffer has room for.
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let failure = unsafe parley_random(buffer.baseAddress, count)
      precondition(failure == 0, "the system gives no randomness")
      initializedCount = count
    }
  }
}
