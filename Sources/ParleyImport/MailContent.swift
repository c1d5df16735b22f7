import Foundation
import ParleyEvents

/// A mail's content as parts of an event's body, and the blobs they name.
struct MailContent {
  private(set) var parts: [ContentPart] = []
  private(set) var blobs: [ImportBlob] = []
  /// Whether a text stands whole only in a blob.
  private(set) var hasCutText = false
  /// The attached messages, by the parts that are theirs.
  private(set) var attached: [AttachedMail] = []
  private var textBytesLeft: Int

  init(_ mail: Mail, limits: MailLimits) {
    textBytesLeft = limits.inlineTextBytesMax
    for piece in mail.pieces { add(piece) }
    addAttached(mail.pieces)
  }

  /// Adds a blob and gives the reference to it.
  mutating func store(_ bytes: [UInt8], mediaType: String, fileName: String = "") -> BlobReference {
    let blob = ImportBlob(bytes)
    if !blobs.contains(where: { $0.digest == blob.digest }) { blobs.append(blob) }
    return BlobReference(blob, mediaType: mediaType, fileName: fileName)
  }

  private mutating func add(_ piece: MailPiece) {
    var part = ContentPart()
    part.mediaType = piece.mediaType.description.cut(toUTF8: Self.nameBytesMax)
    part.contentID = (piece.contentID ?? "").cut(toUTF8: Self.nameBytesMax)
    part.inlined = piece.isInline
    let fileName = (piece.fileName ?? "").cut(toUTF8: Self.nameBytesMax)
    if let bytes = piece.bytes {
      part.blob = store(bytes, mediaType: part.mediaType, fileName: fileName)
    }
    if let text = piece.text { add(text, to: &part, fileName: fileName) }
    parts.append(part)
  }

  /// Each piece is the part at its place.
  private mutating func addAttached(_ pieces: [MailPiece]) {
    var room = Self.attachedLabelBytesMax
    let owned = Dictionary(grouping: pieces.indices.filter { pieces[$0].isNested }) { pieces[$0].owner ?? 0 }
    for (index, piece) in pieces.enumerated() {
      guard let label = piece.attached else { continue }
      var mail = AttachedMail(part: index, parts: owned[index] ?? [])
      if room > 0 {
        mail.from = label.from.cut(toUTF8: Self.nameBytesMax)
        mail.subject = label.subject.cut(toUTF8: Self.nameBytesMax)
        room -= mail.from.utf8.count + mail.subject.utf8.count
      }
      attached.append(mail)
    }
  }

  /// A text goes into the event as long as there is room; what does not fit stands whole in a blob, its beginning
  /// in the event.
  private mutating func add(_ text: String, to part: inout ContentPart, fileName: String) {
    part.text = text.cut(toUTF8: textBytesLeft)
    let kept = part.text.utf8.count
    textBytesLeft -= kept
    guard kept < text.utf8.count else { return }
    hasCutText = true
    if !part.hasBlob {
      part.blob = store(Array(text.utf8), mediaType: part.mediaType + "; charset=utf-8", fileName: fileName)
    }
  }

  /// Bytes of all attached messages' senders and subjects after which none is kept in the event.
  static let attachedLabelBytesMax = 32 << 10
  /// Bytes of a file name, Content-ID, media type or attached message's subject kept in the event.
  static let nameBytesMax = 255
}

extension BlobReference {
  /// The reference to bytes that go before the event.
  init(_ blob: ImportBlob, mediaType: String, fileName: String = "") {
    self.init()
    digest = Data(blob.digest)
    size = blob.size
    self.mediaType = mediaType
    self.fileName = fileName
  }
}
