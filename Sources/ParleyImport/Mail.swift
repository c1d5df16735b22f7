package import ParleyEnvelope

/// One mail as it was read: decoded, bounded, and believed in nothing.
package struct Mail: Sendable {
  /// Message-ID without its brackets.
  package var messageID: String?
  /// The Message-IDs of In-Reply-To.
  package var inReplyTo: [String] = []
  /// The Message-IDs of References, oldest first.
  package var references: [String] = []
  package var from: [MailAddress] = []
  package var sender: [MailAddress] = []
  package var replyTo: [MailAddress] = []
  package var to: [MailAddress] = []
  package var cc: [MailAddress] = []
  package var bcc: [MailAddress] = []
  /// The envelope's sender as the receiving server noted it; empty for `<>`.
  package var returnPath: String?
  /// The decoded subject; nil without the field.
  package var subject: String?
  /// The Date field's text.
  package var statedDate: String?
  /// The Date field, read.
  package var date: MailDate?
  /// The readable dates of Received, the last server's first.
  package var received: [Timestamp] = []
  /// The leaves in order, those of attached messages included.
  package var pieces: [MailPiece] = []
  /// Fields kept as extensions: what tells lists and programs from people.
  package var marks: [MailMark] = []
  /// Whether a program made it without a person deciding on it.
  package var isAutomated = false
  /// What a delivery report in it says.
  package var report: DeliveryReport?
  /// What was wrong with it.
  package var defects: Set<MailDefect> = []
  /// Whether it holds a signature or encryption that only the raw bytes can prove.
  package var isSealed = false
  /// SHA-256 of the content as `Schemas/mail-source-digest.md` says.
  package var sourceDigest: [UInt8] = []
  /// SHA-256 of the bytes as they came.
  package var rawDigest: [UInt8] = []
}

/// One leaf of a mail, or a message attached to it.
package struct MailPiece: Sendable {
  /// Its place: `1`, `1.2`, as IMAP numbers parts.
  package var path: String
  package var mediaType: MediaType
  /// The text of a text part, decoded.
  package var text: String?
  /// The exact bytes, transfer encoding undone; nil for a text that is nothing but text.
  package var bytes: [UInt8]?
  /// The name given to it: data, never a path.
  package var fileName: String?
  package var contentID: String?
  /// Whether it is meant to be shown within the text.
  package var isInline: Bool
  /// The piece that is the attached message it stands in, counted from 0; nil for one of the mail's own.
  package var owner: Int?
  /// What an attached message says of itself; nil for any other piece.
  package var attached: MailLabel?

  /// Whether it stands in an attached message.
  package var isNested: Bool { owner != nil }
}

/// By what an attached message is told from others.
package struct MailLabel: Hashable, Sendable {
  /// The first of From, as in `Bo <bo@example.org>`; empty without one.
  package var from: String
  /// The decoded subject; empty without one.
  package var subject: String

  package init(from: String, subject: String) {
    self.from = from
    self.subject = subject
  }
}

/// A header field kept as an extension.
package struct MailMark: Hashable, Sendable {
  /// The field's name in lower case.
  package var name: String
  /// The field's decoded text.
  package var value: String
}
