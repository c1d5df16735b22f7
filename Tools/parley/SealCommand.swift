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

  @OptionGroup var segments: SegmentArguments

  func run() async throws {
    let report = try await SealingReport(store, segments) { try await $0.seal() }
    let new = report.after.sealedEvents - report.before.sealedEvents
    try report.finish(
      report.isIdle
        ? "nothing to seal: \(report.sealed)" : "sealed \(counted(new, "event")): \(report.bytes)",
      store)
  }
}
