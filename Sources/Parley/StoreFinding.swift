public import ParleyEnvelope
import ParleyLog

/// Something in a store that is not as it was written.
public struct StoreFinding: Hashable, Sendable {
  /// What a finding means for the store.
  public enum Weight: String, Hashable, Sendable {
    /// Events or blobs are lost.
    case damage
    /// Nothing is lost: it is derived, or another copy is whole. The message says what makes it whole again.
    case repairable
  }

  /// What it means.
  public var weight: Weight
  /// The file, relative to the store's directory.
  public var file: String
  /// What was found and what was expected.
  public var message: String
  /// The events that can't be read whole, ascending; of a missing blob the first that names it.
  public var positions: [Range<Position>]

  init(_ weight: Weight, file: String, _ message: String, positions: [Range<Position>] = []) {
    self.weight = weight
    self.file = file
    self.message = message
    self.positions = positions
  }

  init(_ finding: LogFinding) {
    weight = finding.weight == .damage ? .damage : .repairable
    file = finding.file
    message = finding.message
    positions = finding.positions
  }
}

extension ConversationStore {
  /// Reads everything and checks everything there is to check. Changes nothing. Takes as long as reading every byte.
  ///
  /// A blob that an event names and that is not there is damage, also where it never was: in a copy made of lines.
  @concurrent
  public func verify() async throws(StoreError) -> [StoreFinding] {
    try await IOThreads.shared.run { () throws(StoreError) in try self.verifyBlocking() }
  }

  /// `verify()`, blocking; `progress` gets the events read so far.
  package func verifyBlocking(progress: (Position) -> Void = { _ in }) throws(StoreError) -> [StoreFinding] {
    try refresh()
    let findings = try StoreError.wrappingLog { () throws(LogError) in
      try log.verify(progress: progress).map { StoreFinding($0) }
    }
    return try findings + missingBlobs()
  }
}
