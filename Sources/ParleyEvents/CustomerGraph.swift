import ParleyEnvelope

/// Which identities are joined, as the streams read so far say.
///
/// A node is an identity while one person holds it: a recycled number is one node for the former holder and one for
/// the new. An edge is a link that is followed. Pure, and the same from whichever node it is looked at: the edges of
/// a component are taken in the order they were recorded, whatever the order of reading.
struct CustomerGraph {
  struct Node: Hashable {
    var stream: StreamID
    /// How often the identity had been reassigned before.
    var tenure: Int
  }

  struct Edge {
    var record: LinkRecord
    var basis: LinkBasis
    var first: Node
    var second: Node

    func opposite(of node: Node) -> Node { node == first ? second : first }
  }

  /// The facts of the streams read so far.
  let facts: [StreamID: StreamFacts]
  /// When it is looked at: links hold from and until some time.
  let instant: Timestamp

  // MARK: - Nodes

  /// The node of a stream at a time.
  func node(_ stream: StreamID, at time: Timestamp) -> Node {
    Node(stream: stream, tenure: starts(of: stream).filter { $0 <= time }.count)
  }

  /// When a stream's identity passed to somebody else, in order.
  func starts(of stream: StreamID) -> [Timestamp] {
    (facts[stream]?.marks ?? []).filter { $0.kind == .identityReassigned }
      .map { $0.validFrom ?? $0.time }.filter { $0 <= instant }.sorted()
  }

  /// Whether several customers use the identity: what was said last about it counts.
  func isShared(_ stream: StreamID) -> Bool {
    let marks = facts[stream]?.marks ?? []
    return marks.last { $0.kind == .identityShared && $0.isValid(at: instant) }.map { !$0.isEnded } ?? false
  }

  // MARK: - Edges

  /// The links that leave a node, each as its stream recorded it; a side that is not read yet counts as never
  /// reassigned.
  func edges(of node: Node) -> [Edge] {
    guard let facts = facts[node.stream], !isShared(node.stream) else { return [] }
    return facts.links.compactMap { record in edge(record) }
      .filter { $0.first == node || $0.second == node }
  }

  private func edge(_ record: LinkRecord) -> Edge? {
    guard let basis = record.followedBy, let second = record.second, second.stream != record.first.stream,
      !isShared(record.first.stream), !isShared(second.stream), isWhole(record), !isEnded(record)
    else { return nil }
    let time = record.referenceTime
    let edge = Edge(
      record: record, basis: basis, first: node(record.first.stream, at: time),
      second: node(second.stream, at: time))
    return record.isValid(at: instant) || isPast(edge) ? edge : nil
  }

  /// Whether a link was followed to a former holder: it stays, so that the holder keeps the earlier events, also
  /// where it says that it ended when the identity passed on. Until both sides are read it may be one.
  private func isPast(_ edge: Edge) -> Bool {
    if let from = edge.record.validFrom, instant < from { return false }
    return [edge.first, edge.second].contains {
      facts[$0.stream] == nil || $0.tenure < starts(of: $0.stream).count
    }
  }

  /// Whether both streams hold the link. Between the positions of its copies only one does: it counts for neither then,
  /// or it would depend on where one starts from. A stream that is not read yet, or not readable, may hold it.
  private func isWhole(_ record: LinkRecord) -> Bool {
    guard record.isCopied, let pair = record.streams else { return true }
    return [pair.first, pair.second].allSatisfy { stream in
      guard let facts = facts[stream], !facts.isDamaged else { return true }
      return facts.linkPositions[record.id] != nil
    }
  }

  /// Whether the two were separated after the link was recorded. Each of both streams has its own copy of both.
  private func isEnded(_ record: LinkRecord) -> Bool {
    guard let pair = record.streams else { return false }
    return [pair.first, pair.second].contains { stream in
      guard let link = facts[stream]?.linkPositions[record.id] else { return false }
      return facts[stream]?.separations[pair].map { $0.position > link } ?? false
    }
  }

  // MARK: - Components

  /// Everything that links lead to from a node, and the streams on the way that were not read yet. Breadth first,
  /// so that reading goes in rounds.
  func reach(from start: Node) -> (nodes: Set<Node>, unread: Set<StreamID>) {
    var (nodes, queue, unread) = (Set([start]), [start], Set<StreamID>())
    while !queue.isEmpty {
      let node = queue.removeFirst()
      guard facts[node.stream] != nil else {
        unread.insert(node.stream)
        continue
      }
      for edge in edges(of: node) {
        let next = edge.opposite(of: node)
        if nodes.insert(next).inserted { queue.append(next) }
      }
    }
    return (nodes, unread)
  }

  /// The nodes that are one customer with a node of `nodes`, and the links between them: all of `nodes` unless a
  /// separation stands between.
  func component(of start: Node, in nodes: Set<Node>) -> (nodes: Set<Node>, edges: [Edge]) {
    // Of the copies of a fact in its two streams the first one stands for it, wherever one starts from.
    var seen = Set<LinkRecord.ID>()
    let copies = nodes.flatMap { edges(of: $0) }.sorted { $0.record.position < $1.record.position }
    let all = copies.filter { seen.insert($0.record.id).inserted }
    let separated = separations(among: Set(nodes.map(\.stream)))
    guard !separated.isEmpty else { return (nodes, all) }
    return follow(all, from: start, in: nodes, apart: separated)
  }

  /// The position of a link's first copy, so that both streams' copies sort alike.
  private func order(_ record: LinkRecord) -> Position {
    guard let pair = record.streams else { return record.position }
    return [pair.first, pair.second].compactMap { facts[$0]?.linkPositions[record.id] }.min()
      ?? record.position
  }

  /// Separated pairs, unless an agent linked the very pair again afterwards.
  func separations(among streams: Set<StreamID>) -> [StreamPair: LinkRecord] {
    let all = streams.sorted().compactMap { facts[$0] }
    let apart = all.flatMap(\.separations).reduce(into: [:]) { $0[$1.key] = $1.value }
    guard !apart.isEmpty else { return [:] }
    let confirmed = all.flatMap(\.links).filter { $0.followedBy == .agent && isWhole($0) }
    return apart.filter { pair, record in
      !confirmed.contains { $0.streams == pair && order($0) > record.position }
    }
  }

  /// Takes links in their order, leaving out those that would join two sides that are kept apart.
  private func follow(
    _ edges: [Edge], from start: Node, in nodes: Set<Node>, apart: [StreamPair: LinkRecord]
  ) -> (nodes: Set<Node>, edges: [Edge]) {
    var group = Dictionary(uniqueKeysWithValues: nodes.map { ($0, Set([$0])) })
    var followed: [Edge] = []
    for edge in edges {
      guard let first = group[edge.first], let second = group[edge.second] else { continue }
      let isApart =
        first != second
        && first.contains { one in
          second.contains { apart[StreamPair(one.stream, $0.stream)] != nil }
        }
      guard !isApart else { continue }
      followed.append(edge)
      let joined = first.union(second)
      for node in joined { group[node] = joined }
    }
    let mine = group[start] ?? [start]
    return (mine, followed.filter { mine.contains($0.first) })
  }
}
