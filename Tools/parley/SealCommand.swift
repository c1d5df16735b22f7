import ArgumentParser
import Parley
import ParleyLog

/// `parley seal`: does now what the background does.
struct SealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Groups a store's events by customer and compresses them high, now.",
    discussion: """
      What was appended lies in the order it came, compressed fast. Whoever appends seals it in the background, once \
      262,144 events or 64 MiB have come together: grouped by stream and compressed high, read back and compared, and \
      only then put in the place of what it was made from. This seals everything that there is. Reads go on, and see \
      the same events; nothing is lost when it is interrupted. It needs room on the disk for both forms of a part.

      Exit code 1: a part that is damaged stays as it is; `parley verify` names the damage.

      Example:
        parley seal support.parley
      """)

  @OptionGroup var store: StoreArguments

  func run() async throws {
    let opened = try await store.open(for: .appending)
    let before: LogStatistics
    let after: LogStatistics
    do {
      before = try opened.log.statistics()
      try await opened.seal()
      after = try opened.log.statistics()
    } catch {
      await opened.close()
      throw error
    }
    await opened.close()
    store.say(Self.summary(before, after))
    if after.unsealedSegments > 0 { throw ExitStatus.rejected }
  }

  private static func summary(_ before: LogStatistics, _ after: LogStatistics) -> String {
    let new = after.sealedEvents - before.sealedEvents
    guard new > 0 || after.unsealedSegments > 0 else {
      return
        "nothing to seal: \(counted(after.sealedEvents, "event")) in \(counted(after.sealedSegments, "sealed segment"))"
    }
    let bytes = (before.segmentBytes + before.indexBytes, after.segmentBytes + after.indexBytes)
    let left =
      after.unsealedSegments > 0
      ? "; \(counted(after.unsealedSegments, "damaged segment")) stayed: parley verify names the damage" : ""
    return "sealed \(counted(new, "event")): \(byteCount(bytes.0)) before, \(byteCount(bytes.1)) now\(left)"
  }
}
