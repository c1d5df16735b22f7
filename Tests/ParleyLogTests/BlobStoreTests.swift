import Crypto
import ParleyLog
import ParleySimulation
import Testing

@Suite struct BlobStoreTests {
  private let disk = SimulatedStorage()

  private func store(_ seed: UInt64 = 1, bytesMax: Int = BlobStore.blobBytesMax) throws -> BlobStore {
    let store = BlobStore(environment: disk.environment(seed: seed), bytesMax: bytesMax)
    try store.prepareForWriting()
    return store
  }

  private func contents(_ digest: BlobDigest, in store: BlobStore) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try store.read(digest) { bytes += $0 }
    return bytes
  }

  @Test func aBlobIsNamedByItsSHA256() throws {
    let store = try store()
    let digest = try store.put(Array("abc".utf8))
    #expect(digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(disk.disk.paths == ["blobs/ba/" + digest.hex])
    #expect(try contents(digest, in: store) == Array("abc".utf8))
    #expect(try store.size(of: digest) == 3)
    #expect(try store.contains(digest))
  }

  @Test(arguments: [
    0, 1, BlobStore.chunkBytes - 1, BlobStore.chunkBytes, BlobStore.chunkBytes + 1, 2_500_000,
  ])
  func piecesOfAnySizeMakeTheSameBlob(count: Int) throws {
    let store = try store()
    var random = SplitMix64(seed: UInt64(count))
    let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: count)
    let writer = try store.begin()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(1 + random.below(700_000))
      try writer.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    let digest = try writer.finish()
    #expect(digest == BlobDigest(Array(SHA256.hash(data: bytes))))
    #expect(try store.put(bytes) == digest)
    var chunks: [Int] = []
    try store.read(digest) { chunks.append($0.count) }
    #expect(chunks.reduce(0, +) == count)
    #expect(chunks.dropLast().allSatisfy { $0 == BlobStore.chunkBytes })
    #expect(try store.list() == [digest])
  }

  @Test func aBlobIsDurableWhenItsDigestIsGiven() throws {
    let store = try store()
    let digest = try store.put([1, 2, 3])
    for survival in Survival.allCases {
      let after = SimulatedStorage(disk.disk.crashed(survival, seed: 1))
      #expect(try contents(digest, in: BlobStore(environment: after.environment())) == [1, 2, 3])
    }
  }

  /// The loop of the test plan: whatever moment the power fails at, a blob is whole or absent, and putting it again
  /// after the crash works.
  @Test func aCrashAtAnyOperationLeavesBlobsWholeOrAbsent() throws {
    disk.recordSnapshots()
    let store = try store()
    let large = [UInt8](repeating: 7, count: BlobStore.chunkBytes + 5)
    let first = try store.put([1])
    let second = try store.put(large)
    let snapshots = disk.snapshots + [disk.disk]
    for (index, snapshot) in snapshots.enumerated() {
      for seed in UInt64(0)..<4 {
        let after = SimulatedStorage(snapshot.crashed(seed: seed))
        let reopened = BlobStore(environment: after.environment(seed: 2))
        try reopened.prepareForWriting()
        for digest in try reopened.list() { _ = try contents(digest, in: reopened) }
        #expect(try reopened.put([1]) == first, "operation \(index), seed \(seed)")
        #expect(try reopened.put(large) == second)
        #expect(try reopened.list() == [first, second].sorted())
        #expect(try after.list("blobs/tmp") == [])
      }
    }
  }

  @Test func aFaultAtAnyOperationIsReportedAndHarmless() throws {
    var operation = 1
    while true {
      let disk = SimulatedStorage(seed: UInt64(operation), plan: .failing(at: operation))
      let store = BlobStore(environment: disk.environment())
      do throws(BlobError) {
        try store.prepareForWriting()
        _ = try store.put([UInt8](repeating: 3, count: BlobStore.chunkBytes + 1))
        // A discarded file that could not be removed is not the caller's concern.
        if disk.operations < operation { break }
      } catch {
        #expect(error.code == .storage || error.code == .closed)
        disk.crash(seed: 3)
        let reopened = BlobStore(environment: disk.environment(seed: 9))
        try reopened.prepareForWriting()
        for digest in try reopened.list() { _ = try contents(digest, in: reopened) }
        _ = try reopened.put([1])
      }
      operation += 1
    }
    #expect(operation > 10)
  }

  @Test func aBlobThatIsThereIsNotWrittenAgain() throws {
    let store = try store()
    let digest = try store.put([1, 2, 3])
    disk.recordTrace()
    #expect(try store.put([1, 2, 3]) == digest)
    #expect(disk.trace.allSatisfy { !$0.contains(" write ") && !$0.contains(" rename ") })
  }

  @Test func aDamagedBlobIsNamedAndReplacedByPuttingItAgain() throws {
    let store = try store()
    let digest = try store.put([1, 2, 3])
    disk.disk.flip("blobs/" + digest.hex.prefix(2) + "/" + digest.hex, offset: 1, bit: 3)
    let error = #expect(throws: BlobError.self) { try contents(digest, in: store) }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(digest.hex) == true)
    #expect(try store.put([1, 2, 3]) == digest)
    #expect(try contents(digest, in: store) == [1, 2, 3])
  }

  @Test func aBlobThatIsNotThereIsMissing() throws {
    let store = try store()
    let digest = BlobDigest([UInt8](repeating: 1, count: 32))!
    #expect(try !store.contains(digest))
    #expect(#expect(throws: BlobError.self) { try contents(digest, in: store) }?.code == .missing)
    #expect(try BlobStore(environment: SimulatedStorage().environment()).list() == [])
  }

  @Test func theLargestBlobIsTakenAndOneByteMoreIsNot() throws {
    let store = try store(bytesMax: 2_000_000)
    _ = try store.put([UInt8](repeating: 1, count: 2_000_000))
    let writer = try store.begin()
    try writer.append([UInt8](repeating: 2, count: 1_999_999))
    try writer.append([2])
    #expect(#expect(throws: BlobError.self) { try writer.append([2]) }?.code == .tooLarge)
    #expect(#expect(throws: BlobError.self) { try writer.finish() }?.code == .closed)
    #expect(try disk.list("blobs/tmp") == [])
    #expect(try store.list().count == 1)
  }

  @Test func droppedAndCancelledBlobsLeaveNothing() throws {
    let store = try store()
    do {
      let writer = try store.begin()
      try writer.append([UInt8](repeating: 1, count: BlobStore.chunkBytes))
      #expect(try disk.list("blobs/tmp").count == 1)
    }
    #expect(try disk.list("blobs/tmp") == [])
    let writer = try store.begin()
    try writer.append([1])
    writer.cancel()
    #expect(#expect(throws: BlobError.self) { try writer.append([1]) }?.code == .closed)
    #expect(try store.list() == [])
  }

  @Test func leftoversAreRemovedByTheNextWriter() throws {
    _ = try store()
    _ = try disk.open("blobs/tmp/0123", .create)
    _ = try store(2)
    #expect(try disk.list("blobs/tmp") == [])
  }

  @Test func aFailedSyncIsTheLast() throws {
    let store = try store()
    for operation in 1..<40 {
      disk.plan = .failing(at: disk.operations + operation)
      do { _ = try store.put([UInt8(operation)]) } catch {
        guard error.cause?.operation.hasPrefix("sync") == true else { continue }
        disk.plan = FaultPlan()
        #expect(#expect(throws: BlobError.self) { try store.put([99]) }?.code == .closed)
        return
      }
    }
    Issue.record("no sync was refused")
  }

  @Test(arguments: ["", "ba", String(repeating: "A", count: 64), String(repeating: "g", count: 64)])
  func onlySixtyFourLowerCaseDigitsAreADigest(text: String) {
    #expect(BlobDigest(hex: text) == nil)
    #expect(BlobDigest([UInt8](repeating: 0, count: 31)) == nil)
    #expect(BlobDigest([UInt8](repeating: 0, count: 33)) == nil)
  }

  @Test func blobsLiveOnARealDiskToo() throws {
    let directory = TemporaryDirectory()
    let store = BlobStore(environment: .posix(at: directory.path))
    try store.prepareForWriting()
    let bytes = [UInt8](repeating: 5, count: 3_000_000)
    let digest = try store.put(bytes)
    #expect(try contents(digest, in: BlobStore(environment: .posix(at: directory.path))) == bytes)
    #expect(try store.put(bytes) == digest)
    #expect(try store.list() == [digest])
  }
}
