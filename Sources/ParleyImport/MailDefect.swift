/// What was wrong with a mail that was taken all the same.
package enum MailDefect: String, Hashable, Sendable, CaseIterable {
  /// A line in the header block is no field.
  case invalidHeader = "a line of the header is no field"
  /// Boundaries missing, parts without headers or content, a message cut off.
  case brokenStructure = "the parts are not as the boundaries say"
  /// More levels than the limit.
  case tooDeep = "more levels than are read"
  /// More parts than the limit.
  case tooManyParts = "more parts than are read"
  /// More header fields than the limit.
  case tooManyHeaders = "more header fields than are read"
  /// More recipients than the limit.
  case tooManyAddresses = "more addresses than are read"
  /// More references than the limit.
  case tooManyReferences = "more references than are read"
  /// A text that its character set does not explain.
  case charset = "text outside its character set"
  /// Zero bytes in the header block, read as blanks.
  case zeroInHeader = "zero bytes in the header"
  /// Text or a label was longer than is kept in the event.
  case cutText = "a text is cut in the event and whole in a blob"
}
