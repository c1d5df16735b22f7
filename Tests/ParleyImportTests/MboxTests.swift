import ParleyImport
import Testing

@Suite struct MboxTests {
  /// The messages of an mbox that is read in chunks of so many bytes.
  func messages(_ text: String, chunk: Int = 7, messageBytesMax: Int = 1_000) -> [MboxReader.Message] {
    var rest = Array(text.utf8)[...]
    var reader = MboxReader(
      LineReader {
        defer { rest = rest.dropFirst(chunk) }
        return Array(rest.prefix(chunk))
      }, messageBytesMax: messageBytesMax)
    var messages: [MboxReader.Message] = []
    while let message = reader.next() { messages.append(message) }
    return messages
  }

  func texts(_ text: String, chunk: Int = 7) -> [String?] {
    messages(text, chunk: chunk).map { $0.bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  static let separator = "From ana@example.com Sun Nov 22 09:00:00 2026\n"

  @Test(arguments: [1, 2, 7, 1_000])
  func messagesArePartedWhereverChunksEnd(chunk: Int) {
    let mbox = Self.separator + "Subject: 1\n\none\n\n" + Self.separator + "Subject: 2\n\ntwo\n\n"
    #expect(texts(mbox, chunk: chunk) == ["Subject: 1\n\none\n", "Subject: 2\n\ntwo\n"])
    #expect(messages(mbox, chunk: chunk).map(\.offset) == [0, 63])
    #expect(messages(mbox, chunk: chunk).map(\.sender) == ["ana@example.com", "ana@example.com"])
  }

  @Test func aFromLineInTheTextPartsNothing() {
    let prose = "Subject: 1\n\nI came\n\nFrom here at 10:00 in 2026\nand left.\n"
    #expect(texts(Self.separator + prose) == [prose])
    let unquoted = "Subject: 1\n\nFrom here on\nNote: nothing\n"
    #expect(texts(Self.separator + unquoted) == [unquoted])
  }

  @Test func anAttachedPatchPartsNothing() {
    let patch = "From 1234567 Mon Sep 17 00:00:00 2001\nFrom: a@example.com\n\npatch\n"
    #expect(texts(Self.separator + "Subject: 1\n\n" + patch).count == 1)
    #expect(texts(patch + patch).count == 2)
  }

  @Test func quotingOfFromLinesIsUndoneOnce() {
    let quoted = "Subject: 1\n\n>From a\n>>From b\n> From c\n>Fromage\n"
    #expect(texts(Self.separator + quoted) == ["Subject: 1\n\nFrom a\n>From b\n> From c\n>Fromage\n"])
  }

  @Test func aContentLengthIsNotBelieved() {
    let mbox =
      Self.separator + "Subject: 1\nContent-Length: 999\n\none\n\n" + Self.separator + "Subject: 2\n\ntwo\n"
    #expect(texts(mbox).count == 2)
  }

  @Test func linesEndInEitherWay() {
    let mbox = Self.separator + "Subject: 1\r\n\r\none\r\n\r\n" + Self.separator + "Subject: 2\r\n\r\ntwo\r\n"
    #expect(texts(mbox) == ["Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\ntwo\r\n"])
  }

  @Test func aMessageOverTheLimitIsPassedOverAndTheNextIsRead() {
    func mbox(_ count: Int) -> String {
      Self.separator + "Subject: 1\n\n" + String(repeating: "x", count: count - 13) + "\n" + Self.separator
        + "Subject: 2\n\ntwo\n"
    }
    #expect(messages(mbox(100), messageBytesMax: 100).map { $0.bytes?.count } == [100, 16])
    #expect(messages(mbox(101), messageBytesMax: 100).map { $0.bytes?.count } == [nil, 16])
  }

  @Test func aLineOfAnyLengthIsReadInPieces() {
    let long = String(repeating: "From x 10:00 2026 ", count: LineReader.lineBytesMax / 9)
    let mbox = Self.separator + "Subject: 1\n\n" + long + "\n" + Self.separator + "Subject: 2\n\ntwo\n"
    let found = messages(mbox, chunk: 4_096, messageBytesMax: 1 << 20)
    #expect(found.map { $0.bytes?.count } == [12 + long.utf8.count + 1, 16])
  }
}
