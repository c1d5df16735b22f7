/// How much of one mail is taken, whatever it claims. What goes over a limit is named in the item's warnings,
/// and the raw bytes are kept, so that nothing is lost.
public struct MailLimits: Sendable {
  /// Bytes of one message; a larger one is rejected, and passed over without being held in memory.
  public var messageBytesMax = 64 << 20
  /// Bytes at the front of a file in which a header field must begin, or it is no mail.
  public var sniffBytesMax = 64 << 10
  /// Multiparts and attached messages inside each other.
  public var depthMax = 30
  /// Parts of a message, containers included.
  public var partsMax = 1_000
  /// Header fields of a message or of a part.
  public var headersMax = 2_000
  /// Received fields whose dates are looked at.
  public var receivedMax = 64
  /// Addresses of all recipient fields together.
  public var addressesMax = 1_000
  /// Groups in one address field; further ones are read as the addresses in them.
  public var groupsMax = 100
  /// Groups inside address groups.
  public var groupDepthMax = 3
  /// Message-IDs taken from References.
  public var referencesMax = 1_000
  /// Bytes of a Message-ID or of an address; a longer one is not believed to be one.
  public var identifierBytesMax = 998
  /// UTF-8 bytes of all texts kept in the event, well below the largest body; what is longer is kept as a blob, its
  /// beginning in the event.
  public var inlineTextBytesMax = 384 << 10
  /// UTF-8 bytes of a subject or file name kept.
  public var labelBytesMax = 4_096
  /// Recipients reported on by one delivery report.
  public var deliveryReportsMax = 1_000
  /// Directories inside each other.
  public var directoryDepthMax = 64

  /// The limits as they stand above.
  public init() {}
}
