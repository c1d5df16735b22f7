import ParleyEnvelope
import ParleyEvents

/// One message's bytes in, a `Mail` out. Serves one task at a time.
package final class MailReader {
  private let limits: MailLimits
  private let parser: GMimeParser

  package init(limits: MailLimits = MailLimits()) {
    self.limits = limits
    parser = GMimeParser(limits: limits)
  }

  /// The mail in the bytes, or nil when no header field stands at their beginning. Nothing in them makes it
  /// fail otherwise: whatever cannot be read is left out and named in the mail's defects.
  package func read(_ raw: [UInt8]) -> Mail? {
    let begin = MailSniffer.start(of: raw)
    guard let start = MailSniffer.firstField(raw[begin...].prefix(limits.sniffBytesMax)) else { return nil }
    var defects: Set<MailDefect> = start == begin ? [] : [.invalidHeader]
    let bytes = prepared(raw, from: start, defects: &defects)
    guard let root = parser.parse(bytes) else { return nil }
    var mail = Mail()
    mail.defects = defects
    readIDs(root.headers, into: &mail)
    readAddresses(root.headers, into: &mail)
    readTimes(root.headers, into: &mail)
    mail.subject = root.headers.first("Subject").map { label(parser.text(ofHeader: $0), mail: &mail) }
    readMarks(root, into: &mail)
    addPieces(root, path: "", owner: nil, to: &mail)
    mail.report = DeliveryReport(root, limits: limits)
    mail.sourceDigest = MailDigest.source(of: root)
    mail.rawDigest = MailDigest.plain(raw)
    mail.defects.formUnion(parser.structuralDefects)
    return mail
  }

  // MARK: Header

  /// The bytes from `start` as GMime can read them: blanks for zeros in the header block, because a C string would
  /// end there, and an empty line where the text begins without one.
  private func prepared(_ raw: [UInt8], from start: Int, defects: inout Set<MailDefect>) -> [UInt8] {
    var bytes = start == 0 ? raw : Array(raw[start...])
    let end = MailSniffer.endOfBlock(bytes[...])
    for index in bytes[..<end].indices where bytes[index] == 0 {
      bytes[index] = 32
      defects.insert(.zeroInHeader)
    }
    if let text = MailSniffer.textWithoutSeparator(bytes[..<end]) {
      bytes.insert(10, at: text)
      defects.insert(.invalidHeader)
    }
    return bytes
  }

  private func readIDs(_ headers: MailHeaders, into mail: inout Mail) {
    mail.messageID = MessageIDs(headers.first("Message-ID"), limits: limits).ids.first
    mail.inReplyTo = MessageIDs(headers.first("In-Reply-To"), limits: limits).ids
    let references = MessageIDs(headers.first("References"), limits: limits)
    mail.references = references.ids
    if references.isCut { mail.defects.insert(.tooManyReferences) }
  }

  private func readAddresses(_ headers: MailHeaders, into mail: inout Mail) {
    mail.from = addresses("From", headers)
    mail.sender = addresses("Sender", headers)
    mail.replyTo = addresses("Reply-To", headers)
    mail.to = addresses("To", headers)
    mail.cc = addresses("Cc", headers)
    mail.bcc = addresses("Bcc", headers)
    mail.returnPath = headers.plain("Return-Path").map { $0.filter { $0 != "<" && $0 != ">" && $0 != " " } }
  }

  private func addresses(_ name: String, _ headers: MailHeaders) -> [MailAddress] {
    var seen: Set<MailAddress> = []
    let all = headers.all(name).flatMap { parser.addresses(ofHeader: $0) }
    return all.prefix(limits.addressesMax).filter { address in
      address.address.utf8.count <= limits.identifierBytesMax && seen.insert(address).inserted
    }
  }

  private func readTimes(_ headers: MailHeaders, into mail: inout Mail) {
    mail.statedDate = headers.plain("Date").map { String($0.prefix(256)) }
    mail.date = mail.statedDate.flatMap { MailDate($0) }
    mail.received = headers.all("Received").prefix(limits.receivedMax).compactMap { raw in
      let text = String(decoding: unfolded(raw), as: UTF8.self)
      return text.lastIndex(of: ";").flatMap { MailDate(String(text[text.index(after: $0)...])) }?.time
    }
  }

  private static let markNames = [
    "auto-submitted", "list-id", "list-post", "list-unsubscribe", "precedence", "x-autoreply",
    "x-autorespond",
  ]

  private func readMarks(_ root: MailPart, into mail: inout Mail) {
    for name in Self.markNames {
      guard let raw = root.headers.first(name) else { continue }
      mail.marks.append(MailMark(name: name, value: label(parser.text(ofHeader: raw), mail: &mail)))
    }
    mail.isAutomated = isAutomated(mail) || root.mediaType.subtype == "report" || mail.returnPath == ""
  }

  /// RFC 3834's field, and what programs wrote before it. `Precedence: bulk` alone says nothing on a list, where
  /// people's posts carry it.
  private func isAutomated(_ mail: Mail) -> Bool {
    let marks = Dictionary(mail.marks.map { ($0.name, $0.value.lowercased()) }) { first, _ in first }
    if let submitted = marks["auto-submitted"], !submitted.hasPrefix("no") { return true }
    if marks["x-autoreply"] != nil || marks["x-autorespond"] != nil { return true }
    let isFromList = marks["list-id"] != nil || marks["list-post"] != nil
    switch marks["precedence"] {
    case "auto_reply": return true
    case "bulk", "junk": return !isFromList
    default: return false
    }
  }

  // MARK: Parts

  private func addPieces(_ part: MailPart, path: String, owner: Int?, to mail: inout Mail) {
    switch part.content {
    case .bytes(let bytes):
      mail.pieces.append(leaf(part, bytes, path: path.isEmpty ? "1" : path, owner: owner, mail: &mail))
    case .parts(let parts):
      mail.isSealed = mail.isSealed || ["signed", "encrypted"].contains(part.mediaType.subtype)
      for (index, child) in parts.enumerated() {
        addPieces(child, path: below(path, index + 1), owner: owner, to: &mail)
      }
    case .message(let bytes, let message):
      let place = path.isEmpty ? "1" : path
      let index = mail.pieces.count
      mail.pieces.append(
        MailPiece(
          path: place, mediaType: part.mediaType, bytes: bytes, fileName: name(part, mail: &mail),
          contentID: part.contentID, isInline: false, owner: owner,
          attached: MailLabel(message.first?.headers ?? MailHeaders(), parser)))
      for child in message { addPieces(child, path: below(place, 1), owner: index, to: &mail) }
    }
  }

  private func leaf(_ part: MailPart, _ bytes: [UInt8], path: String, owner: Int?, mail: inout Mail)
    -> MailPiece
  {
    let type = effectiveType(part)
    let fileName = name(part, mail: &mail)
    var piece = MailPiece(
      path: path, mediaType: type, fileName: fileName, contentID: part.contentID,
      isInline: part.disposition == "inline" || part.contentID != nil, owner: owner)
    guard type.type == "text" else {
      piece.bytes = bytes
      return piece
    }
    let decoded = TextDecoder.decode(bytes, charset: part.charset)
    if decoded.hasErrors { mail.defects.insert(.charset) }
    piece.text = decoded.text
    piece.bytes = part.disposition == "attachment" || fileName != nil ? bytes : nil
    return piece
  }

  /// The type a leaf is read as. A Content-Type that is no type at all means text (RFC 2045 §5.2), where GMime
  /// says octets.
  private func effectiveType(_ part: MailPart) -> MediaType {
    guard part.mediaType == MediaType(type: "application", subtype: "octet-stream"),
      let stated = part.headers.plain("Content-Type"), !stated.contains("/")
    else { return part.mediaType }
    return .plainText
  }

  private func name(_ part: MailPart, mail: inout Mail) -> String? {
    part.fileName.map { label($0, mail: &mail) }
  }

  /// A text of the header, cut to the limit.
  private func label(_ text: String, mail: inout Mail) -> String {
    guard text.utf8.count > limits.labelBytesMax else { return text }
    mail.defects.insert(.cutText)
    return text.cut(toUTF8: limits.labelBytesMax)
  }

  private func below(_ path: String, _ number: Int) -> String {
    path.isEmpty ? "\(number)" : "\(path).\(number)"
  }
}

extension MailLabel {
  fileprivate init(_ headers: MailHeaders, _ parser: GMimeParser) {
    let sender = headers.first("From").flatMap { parser.addresses(ofHeader: $0).first }
    let name = sender?.name ?? ""
    let address = sender?.address ?? ""
    from = name.isEmpty || address.isEmpty ? name + address : "\(name) <\(address)>"
    subject = headers.first("Subject").map { parser.text(ofHeader: $0) } ?? ""
  }
}
