import Foundation
import ParleyLog
import Synchronization
import Testing

@Suite struct IOThreadsTests {
  struct Refused: Error, Equatable { var number: Int }

  @Test func valuesAndErrorsComeBack() async throws {
    #expect(await IOThreads.shared.run { 42 } == 42)
    await #expect(throws: Refused(number: 7)) {
      try await IOThreads.shared.run { () throws(Refused) -> Int in throw Refused(number: 7) }
    }
  }

  @Test func allWorkRunsOnceAndNoMoreAtOnceThanThreads() async {
    let threads = IOThreads(count: 3)
    let counts = Counts()
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<500 {
        group.addTask {
          await threads.run {
            counts.enter()
            defer { counts.leave() }
            return number
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 500 * 499 / 2)
    #expect((1...3).contains(counts.most))
  }

  @Test func blockedThreadsLeaveTheCooperativePoolFree() async {
    let threads = IOThreads(count: 4)
    let counts = Counts()
    async let blocked: Void = withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { await threads.run { counts.waitUntilOpen() } } }
    }
    // Four blocked tasks would hold the whole pool of a machine with four cores or fewer.
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<100 { group.addTask { number } }
      return await group.reduce(0, +)
    }
    #expect(sum == 4_950)
    counts.open()
    await blocked
  }
}

/// What several threads did at once.
private final class Counts: Sendable {
  private let running = Mutex((now: 0, most: 0))
  private let isOpen = Mutex(false)

  var most: Int { running.withLock { $0.most } }

  func enter() {
    running.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() { running.withLock { $0.now -= 1 } }

  func open() { isOpen.withLock { $0 = true } }

  func waitUntilOpen() { while !isOpen.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.001) } }
}
