import Foundation
import ParleyLog
import Testing

@Suite struct WriterLockTests {
  @Test func oneProcessCannotLockTwiceThroughAnotherPath() throws {
    let directory = TemporaryDirectory()
    let lock = try POSIXStorage(at: directory.path).lock("LOCK")
    let link = directory.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.path)
    #expect(refusal { _ = try POSIXStorage(at: link).lock("LOCK") } == SystemError(code: 0))
    lock.release()
    try POSIXStorage(at: link).lock("LOCK").release()
  }

  @Test func anotherProcessIsToldWhoHoldsTheLock() async throws {
    let directory = TemporaryDirectory()
    let storage = POSIXStorage(at: directory.path)
    let lock = try storage.lock("LOCK")
    // Closing another descriptor of the file would drop a POSIX lock.
    do { _ = try storage.open("LOCK", .readWrite).read(10, at: 0) }
    let path = directory.path
    let holder = ProcessInfo.processInfo.processIdentifier
    await #expect(processExitsWith: .success) { [path = path as String, holder = holder as Int32] in
      let isLocked = try POSIXStorage(at: path).isLocked("LOCK")
      #expect(isLocked)
      let error = #expect(throws: StorageError.self) { _ = try POSIXStorage(at: path).lock("LOCK") }
      #expect(error?.systemError == .tryAgain)
      #expect(error?.detail.hasPrefix("held by process \(holder) on ") == true)
    }
    lock.release()
    await #expect(processExitsWith: .success) { [path = path as String] in
      try POSIXStorage(at: path).lock("LOCK").release()
    }
  }

  @Test func aDeadHoldersLockIsFree() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
      let lock = try POSIXStorage(at: path).lock("LOCK")
      withExtendedLifetime(lock) { exit(7) }
    }
    let lock = try POSIXStorage(at: path).lock("LOCK")
    let text = try String(contentsOfFile: path + "/LOCK", encoding: .utf8)
    #expect(text.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on "))
    #expect(text.hasSuffix("\n"))
    lock.release()
  }
}
