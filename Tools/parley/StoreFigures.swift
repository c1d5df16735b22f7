import Parley
import ParleyEnvelope
import ParleyEvents
import ParleyLog

/// What a store holds, counted, and the bytes it takes.
struct StoreFigures {
  private let store: ConversationStore
  private var events = 0
  private var identities = 0
  private var conversations = 0
  private var kinds: [EventKind: Int] = [:]
  private var channels: [Channel: Int] = [:]
  private var plainBytes = 0
  private var logBytes = 0
  private var segments = 0
  private var sealedSegments = 0
  private var sealedEvents = 0
  private var sealedBytes = 0
  private var unsealedSegments = 0
  private var durability = Durability.sync
  private var scrub = ScrubState()
  private var blobs = 0
  private var blobBytes = 0

  /// The log's bytes for one event beside its body: header, envelope and salt.
  private static let recordBytes = 8 + EnvelopeLayout.size + 16

  init(_ store: ConversationStore) { self.store = store }

  mutating func count(_ envelope: Envelope, bodyBytes: Int) {
    events += 1
    kinds[envelope.kind, default: 0] += 1
    channels[envelope.channel, default: 0] += 1
    // The first event of a stream; an identity may be observed more than once.
    if envelope.previous.isNone { identities += 1 }
    if envelope.kind == .conversationOpened { conversations += 1 }
    plainBytes += Self.recordBytes + bodyBytes
  }

  /// Adds what the files take.
  mutating func countFiles() throws {
    do {
      let files = try store.log.statistics()
      logBytes = files.segmentBytes + files.indexBytes
      segments = files.segments
      (sealedSegments, sealedEvents, sealedBytes) = (
        files.sealedSegments, files.sealedEvents, files.sealedBytes
      )
      unsealedSegments = files.unsealedSegments
      durability = Durability(files.durability)
      scrub = files.scrub
      for digest in try store.log.blobs.list() {
        blobs += 1
        blobBytes += try store.log.blobs.size(of: digest)
      }
    } catch {
      throw CommandFailure(.cannotOpen, "the store's files can't be counted: \(error)")
    }
  }

  private var ratio: String { decimal(Double(plainBytes) / Double(max(1, logBytes)), digits: 2) }
  private var bytesAnEvent: String { decimal(Double(logBytes) / Double(max(1, events)), digits: 1) }

  private var kindCounts: [(name: String, count: Int)] {
    kinds.sorted { $0.key < $1.key }.map { ($0.key.name, $0.value) }
  }
  private var channelCounts: [(name: String, count: Int)] {
    channels.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.name, $0.value) }
  }

  /// One line for programs.
  var json: String {
    var json = JSONText()
    json.add("store", store.id.hex)
    json.add("created", store.createdAt.rfc3339())
    json.add("events", events)
    json.add("identities", identities)
    json.add("conversations", conversations)
    json.add("channels", raw: Self.object(channelCounts))
    json.add("kinds", raw: Self.object(kindCounts))
    json.add("plainBytes", plainBytes)
    json.add("logBytes", logBytes)
    json.add("ratio", raw: ratio)
    json.add("bytesAnEvent", raw: bytesAnEvent)
    json.add("segments", segments)
    json.add("sealedSegments", sealedSegments)
    json.add("sealedEvents", sealedEvents)
    json.add("sealedBytes", sealedBytes)
    json.add("blobs", blobs)
    json.add("blobBytes", blobBytes)
    json.add("unsealedSegments", unsealedSegments)
    json.add("durability", durability.rawValue)
    if let last = scrub.lastRound {
      json.add("scrubbed", last.endedAt.rfc3339())
      json.add("scrubDamagedSegments", last.damagedSegments)
    }
    return json.line
  }

  /// What the background found when it last read everything, and how far it is.
  private var scrubText: String {
    var text = "never to the end"
    if let last = scrub.lastRound {
      let found =
        last.damagedSegments == 0
        ? "no damage"
        : "damage in \(counted(last.damagedSegments, "segment")): parley verify names it"
      text = "everything by \(last.endedAt.rfc3339()), \(found)"
    }
    guard scrub.startedAt != nil else { return text }
    let damaged = scrub.damagedSegments
    return text + "; again through position \(scrub.next.rawValue)"
      + (damaged == 0 ? "" : ", damage in \(counted(damaged, "segment")): parley verify names it")
  }

  private var sealedText: String {
    guard sealedSegments > 0 else { return "nothing yet" }
    let each = decimal(Double(sealedBytes) / Double(max(1, sealedEvents)), digits: 1)
    return "\(counted(sealedEvents, "event")) in \(counted(sealedSegments, "segment")), "
      + "\(byteCount(sealedBytes)), \(each) bytes an event"
  }

  private var durabilityText: String {
    switch durability {
    case .sync: "every acknowledged append is synced"
    case .delayed: "an acknowledged append is synced 0.1 s later"
    }
  }

  private static func object(_ counts: [(name: String, count: Int)]) -> String {
    var json = JSONText()
    for (name, count) in counts { json.add(name, count) }
    return json.line
  }

  /// For people.
  var text: String {
    let table = Table([
      ("store", "\(store.id.hex), created \(store.createdAt.rfc3339())"),
      ("events", grouped(events)), ("identities", grouped(identities)),
      ("conversations", grouped(conversations)),
      ("plain", byteCount(plainBytes)),
      (
        "stored",
        "\(byteCount(logBytes)) in \(counted(segments, "segment")), ratio \(ratio), \(bytesAnEvent) bytes an event"
      ),
      ("sealed", sealedText), ("backlog", "\(counted(unsealedSegments, "complete segment")) not sealed"),
      ("scrubbed", scrubText),
      ("blobs", "\(grouped(blobs)), \(byteCount(blobBytes))"),
      ("durability", durabilityText),
    ])
    let channels = Table(channelCounts.map { ("  " + $0.name, grouped($0.count)) })
    let kinds = Table(kindCounts.map { ("  " + $0.name, grouped($0.count)) })
    return [table.text, "by channel", channels.text, "by kind", kinds.text].joined(separator: "\n")
  }
}

/// Names and values in two columns.
struct Table {
  private let rows: [(name: String, value: String)]

  init(_ rows: [(name: String, value: String)]) { self.rows = rows }

  /// The lines, without an end.
  var text: String {
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { row in
      row.name + String(repeating: " ", count: width - row.name.count + 2) + row.value
    }.joined(separator: "\n")
  }
}
