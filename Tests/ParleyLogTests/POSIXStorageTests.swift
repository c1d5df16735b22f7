import Foundation
import ParleyEnvelope
import ParleyLog
import Testing

@Suite struct POSIXStorageTests {
  @Test func filesAreTheirOwnersOnly() throws {
    let directory = TemporaryDirectory()
    let storage = POSIXStorage(at: directory.path + "/store")
    try storage.createDirectory("d")
    _ = try storage.open("d/a", .create)
    let lock = try storage.lock("LOCK")
    #expect(directory.permissions(of: "store") == 0o700)
    #expect(directory.permissions(of: "store/d") == 0o700)
    #expect(directory.permissions(of: "store/d/a") == 0o600)
    #expect(directory.permissions(of: "store/LOCK") == 0o600)
    lock.release()
  }

  @Test func theStoresOwnDirectoryIsMadeWithItsParents() throws {
    let directory = TemporaryDirectory()
    let storage = POSIXStorage(at: directory.path + "/a/b/store/")
    #expect(try !storage.exists(""))
    try storage.createDirectory("")
    #expect(try storage.exists(""))
    #expect(try storage.list("") == [])
  }

  @Test func anErrorSaysWhatWhereAndWhy() {
    let storage = POSIXStorage(at: "/nonexistent")
    let error = #expect(throws: StorageError.self) { _ = try storage.open("a", .read) }
    #expect(error?.description == "open a: No such file or directory")
    let held = StorageError(operation: "lock", path: "LOCK", errno: 0, detail: "open in this process")
    #expect(held.description == "lock LOCK: already held by this process (open in this process)")
  }

  @Test func namesWithZeroBytesAreRefused() {
    let storage = POSIXStorage(at: NSTemporaryDirectory())
    #expect(refusal { _ = try storage.open("a\0b", .create) } == .invalid)
  }

  @Test func randomBytesAreAsManyAsAskedAndDiffer() {
    let environment = LogEnvironment.posix(at: "/nonexistent")
    for count in [0, 1, 7, 8, 9, 32] { #expect(environment.random(count).count == count) }
    #expect(environment.random(16) != environment.random(16))
  }

  @Test func theClockIsTheSystems() {
    let seconds = Date().timeIntervalSince1970
    let now = LogEnvironment.posix(at: "/nonexistent").clock()
    #expect(abs(Double(now.microseconds) / 1e6 - seconds) < 60)
  }

  @Test func interruptedCallsGoOnAndShortOnesAreCompleted() throws {
    var calls = 0
    let moved = try SystemError.movingAll(10) { done throws(SystemError) in
      calls += 1
      if calls % 2 == 1 { throw .interrupted }
      #expect(done == (calls / 2 - 1) * 3)
      return min(3, 10 - done)
    }
    #expect(moved == 10)
    #expect(calls == 8)
    #expect(throws: SystemError.inputOutput) {
      try SystemError.movingAll(10) { done throws(SystemError) in
        if done == 0 { return 1 }
        throw .inputOutput
      }
    }
  }
}
