import ParleyEnvelope

/// One pass over a sealed segment: each block is read and decoded once, and the footer compared with what the blocks say.
///
/// Memory, beside what the open segment holds: 6 bytes an event, 24 a stream, the footer twice, and the blocks that are read
/// at once, 256 KiB, with one of them decoded. Of 262,144 events of 2,600 streams that is 3 MiB.
struct SealedVerification {
  private let file: SealedFile
  private var findings: [LogFinding] = []
  /// The position of each record, counted from the base; all ones where its envelope is damaged.
  private var locals: [UInt32] = []
  /// The streams, each with its first record.
  private var streams: [(stream: StreamID, firstRecord: Int)] = []

  private init(_ file: SealedFile) { self.file = file }

  /// What is not as it was written: damaged blocks of envelopes, of contents, copies of the dictionary, and the footer.
  static func findings(in file: SealedFile) throws(LogError) -> [LogFinding] {
    var verification = SealedVerification(file)
    try verification.checkEnvelopes()
    try verification.checkContents()
    let isWhole = verification.findings.isEmpty
    try verification.checkDictionaries()
    try verification.checkFooter(againstBlocks: isWhole)
    return verification.findings
  }

  private mutating func checkEnvelopes() throws(LogError) {
    locals.reserveCapacity(file.count)
    var plain: [UInt8] = []
    var envelopes = EnvelopeSlots()
    try file.forEachBlock(.envelopes) { block, bytes throws(LogError) in
      let records = file.records(ofEnvelopeBlock: block)
      plain.removeAll(keepingCapacity: true)
      envelopes.removeAll()
      guard file.append(.envelopes, block, in: bytes, to: &plain),
        plain.withBytes({
          envelopes.append($0, count: records.count, base: file.base, limit: file.count)
        })
      else {
        let pages = BlockCache(byteCountMax: 64 << 10)
        findings.append(finding(.envelopes, block, try file.locals(inEnvelopeBlock: block, cache: pages)))
        locals.append(contentsOf: repeatElement(.max, count: records.count))
        return
      }
      locals += envelopes.locals
      for (index, record) in records.enumerated() {
        let stream = envelopes.stream(at: index)
        if streams.last?.stream != stream { streams.append((stream, record)) }
      }
    }
  }

  private mutating func checkContents() throws(LogError) {
    let before = file.dictionary.count
    var plain = file.dictionary
    try file.forEachBlock(.contents) { block, bytes throws(LogError) in
      let records = file.records(ofContentBlock: block)
      plain.removeLast(plain.count - before)
      guard file.append(.contents, block, in: bytes, to: &plain),
        ContentBlock.ends(in: plain, from: before, count: records.count) != nil
      else {
        // Of an event whose envelope is damaged too nothing is known but that.
        let lost = records.compactMap { locals[$0] == .max ? nil : Int(locals[$0]) }
        findings.append(finding(.contents, block, lost.sorted()))
        return
      }
    }
  }

  private mutating func checkDictionaries() throws(LogError) {
    for offset in file.footer?.dictionaries ?? [] where offset > 0 {
      if try SealedFile.dictionary(in: file.file, at: offset, file.header.nonce) == nil {
        findings.append(
          LogFinding(
            .repairable, file: file.path,
            "at byte \(offset): a copy of the dictionary is damaged: the other is read, a backup has both"))
      }
    }
  }

  /// Reads and checks every page of the footer, and where no block is damaged compares them with what the blocks say.
  private mutating func checkFooter(againstBlocks isWhole: Bool) throws(LogError) {
    do throws(LogError) {
      try file.checkPages()
      if isWhole, let content = try content() { try file.verifyPages(against: content) }
    } catch {
      guard error.code == .damaged else { throw error }
      findings.append(LogFinding(.repairable, file: file.path, error.message))
    }
  }

  /// What the footer is to say.
  private func content() throws(LogError) -> SealedFooter.Content? {
    guard let footer = file.footer, let replaced = try file.replaced() else { return nil }
    var places = [UInt16](repeating: 0, count: file.count)
    for (record, local) in locals.enumerated() {
      places[Int(local)] = UInt16(file.envelopeBlock(ofRecord: record))
    }
    return SealedFooter.Content(
      storeID: footer.storeID, base: file.base, count: file.count, contents: file.contents,
      envelopes: file.envelopes, streams: streams, places: places, replaced: replaced,
      dictionaries: footer.dictionaries)
  }

  private func finding(_ kind: SealedBlock.Kind, _ block: Int, _ locals: [Int]) -> LogFinding {
    let base = file.base
    let positions = locals.runs.map { base.advanced(by: $0.lowerBound)..<base.advanced(by: $0.upperBound) }
    let damage = file.damage(kind, block, base..<base)
    let shown = positions.prefix(8).map { run in
      run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound) to \(run.upperBound.rawValue - 1)"
    }
    let more = positions.count > shown.count ? " and \(positions.count - shown.count) more" : ""
    return LogFinding(
      .damage, file: file.path,
      "at byte \(damage.offset): \(damage.part) damaged, \(locals.count) events lost: positions "
        + shown.joined(separator: ", ") + more, positions: positions)
  }
}
