import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the disk itself takes: a small write to a file of zeros and a sync, in a loop. The limit of every durable
/// append.
enum BareSync {
  static let cases = [Case(name: "disk/sync") { context in [try measure(context)] }]

  private static func measure(_ context: CaseContext) throws -> Measurement {
    let path = context.directory.appendingPathComponent("bare").path
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "cannot create \(path)")
    defer { close(descriptor) }
    let count = context.scaled(Amount.one)
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0...(count * 512 >> 20) { precondition(write(descriptor, zeros, zeros.count) == zeros.count) }
    sync(descriptor)
    let block = Array(zeros.prefix(512))
    var latencies: [Double] = []
    let began = now()
    for index in 0..<count {
      timed(&latencies) {
        precondition(pwrite(descriptor, block, block.count, off_t(index * 512)) == block.count)
        sync(descriptor)
      }
    }
    return Measurement("bare sync", Work.one, count: count, seconds: now() - began, latencies: latencies)
  }

  private static func sync(_ descriptor: Int32) {
    #if canImport(Darwin)
    precondition(fcntl(descriptor, F_FULLFSYNC) == 0)
    #else
    precondition(fdatasync(descriptor) == 0)
    #endif
  }
}
