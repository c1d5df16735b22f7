import ParleyEnvelope
package import ParleyEvents
package import ParleyLog

/// The blobs that events name and that are not there. Each is looked for once; its bytes are not read.
package struct MissingBlobs {
  /// Blobs remembered as being there, about 100 bytes each; further ones are looked for at every event.
  static let presentMax = 1 << 20
  /// Missing blobs named one by one; of further ones only the number of events is said.
  package static let namedMax = 1 << 16

  /// The events that name a blob.
  private struct Naming {
    let first: Position
    var count = 0
  }

  private let blobs: BlobStore
  private let namedMax: Int
  private var present: Set<BlobDigest> = []
  private var missing: [BlobDigest: Naming] = [:]
  private var furtherEvents = 0

  /// A search in the blobs of a store.
  package init(in blobs: BlobStore, namedMax: Int = MissingBlobs.namedMax) {
    self.blobs = blobs
    self.namedMax = namedMax
  }

  /// Looks for what an event names.
  package mutating func look(_ event: Event) throws(BlobError) {
    for digest in Set(event.body.blobs.compactMap { BlobDigest([UInt8]($0.digest)) }) {
      if present.contains(digest) { continue }
      if missing[digest] == nil, try blobs.contains(digest) {
        if present.count < Self.presentMax { present.insert(digest) }
      } else if missing[digest] != nil || missing.count < namedMax {
        missing[digest, default: Naming(first: event.position)].count += 1
      } else {
        furtherEvents += 1
      }
    }
  }

  /// One finding a blob, in the order in which events name them first.
  package var findings: [StoreFinding] {
    var findings = missing.sorted { ($0.value.first, $0.key) < ($1.value.first, $1.key) }.map(Self.finding)
    if furtherEvents > 0 {
      findings.append(
        StoreFinding(.damage, file: "blobs", "further missing blobs are named \(furtherEvents) times"))
    }
    return findings
  }

  private static func finding(_ digest: BlobDigest, _ naming: Naming) -> StoreFinding {
    let others = naming.count > 1 ? " and \(naming.count - 1) more" : ""
    return StoreFinding(
      .damage, file: BlobStore.path(of: digest),
      "missing, and named by the event at position \(naming.first)\(others): put the same bytes there again",
      positions: [naming.first..<naming.first.advanced(by: 1)])
  }
}

extension ConversationStore {
  /// Reads all events for the blobs that they name. Damaged ones are passed over: the log names them. Blocks.
  func missingBlobs() throws(StoreError) -> [StoreFinding] {
    var missing = MissingBlobs(in: log.blobs)
    try replayBlocking { piece in
      if case .event(let event) = piece {
        try StoreError.wrappingBlobs { () throws(BlobError) in try missing.look(event) }
      }
      return .proceed
    }
    return missing.findings
  }
}
