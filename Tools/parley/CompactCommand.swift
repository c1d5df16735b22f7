import ArgumentParser
import Parley
import ParleyLog

/// `parley compact`: does now what the background does with small sealed segments.
struct CompactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Seals a store's events and merges small sealed segments, now.",
    discussion: """
      Every `parley seal` leaves a sealed segment, and of small ones many: they take more room than one large, and a \
      customer's events lie in more places. The background merges four of about one size as they come. This seals \
      everything that there is and merges until no two neighbours fit into a segment of 262,144 events and 64 MiB, and \
      the index over them into one. What lies as it should is not moved. Reads go on, and see the same events; nothing \
      is lost when it is interrupted. It needs room on the disk for both forms of a part.

      Exit code 1: a part that is damaged stays as it is; `parley verify` names the damage.

      Example:
        parley compact support.parley
      """)

  @OptionGroup var store: StoreArguments

  @OptionGroup var segments: SegmentArguments

  func run() async throws {
    let report = try await SealingReport(store, segments) { try await $0.compact() }
    let before = report.before
    let new = before.sealedEvents < report.after.sealedEvents ? " and what came since" : ""
    try report.finish(
      report.isIdle
        ? "nothing to compact: \(report.sealed)"
        : "compacted \(counted(before.sealedSegments, "sealed segment"))\(new) into "
          + "\(report.after.sealedSegments): \(report.bytes)", store)
  }
}
