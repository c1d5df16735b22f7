import ParleyImport
import Testing

@Suite struct HostileMailTests {
  static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  static let mails: [(name: String, text: String)] = [
    ("groups in groups", "To: " + repeated("a:", 100_000) + "\n\nx"),
    (
      "comments in comments",
      "From: " + repeated("(", 1_000_000) + "\nDate: " + repeated("(", 1_000_000) + "\n\nx"
    ),
    ("quotes without end", "From: " + repeated("\"\\", 500_000) + "\n\nx"),
    ("routes", "From: <" + repeated("@a,", 300_000) + ":b@c>\n\nx"),
    ("encoded words", "Subject: " + repeated("=?utf-8?Q?=C3?= ", 50_000) + "\n\nx"),
    ("one long line", "Subject: " + repeated("x", 5_000_000) + "\n\nx"),
    ("many fields", "From: a@b.example\n" + repeated("X: y\n", 300_000) + "\nx"),
    ("many references", "References: " + repeated("<a@b>\n ", 200_000) + "\n\nx"),
    ("many parameters", "Content-Type: text/plain" + (0..<5_000).map { "; name*\($0)=x" }.joined() + "\n\nx"),
    ("messages in messages", repeated("Content-Type: message/rfc822\n\n", 5_000) + "Subject: x\n\nx"),
    (
      "multiparts in multiparts",
      (0..<5_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined() + "\nx"
    ),
    ("one boundary for all", repeated("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 5_000) + "\nx"),
    ("an empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n" + repeated("--\n\nx\n", 50_000)),
    ("many empty parts", "Content-Type: multipart/mixed; boundary=b\n\n" + repeated("--b\n", 200_000)),
    ("soft line breaks", "Content-Transfer-Encoding: quoted-printable\n\n" + repeated("=\n", 500_000)),
    ("nothing but zeros", "From: a@b.example\n" + repeated("\0", 1_000_000)),
    ("nothing but colons", "a:" + repeated(":", 1_000_000) + "\n" + repeated(":\n", 300_000)),
  ]

  @Test(.timeLimit(.minutes(5)), arguments: mails.indices)
  func noMailDoesHarm(index: Int) throws {
    let (name, text) = Self.mails[index]
    let reader = MailReader()
    let mail = try #require(reader.read(Array(text.utf8)), "\(name)")
    let limits = MailLimits()
    #expect(mail.pieces.count <= limits.partsMax)
    #expect(mail.references.count <= limits.referencesMax)
    #expect((mail.subject ?? "").utf8.count <= limits.labelBytesMax)
    #expect(mail.to.count + mail.from.count <= 2 * limits.addressesMax)
  }

  @Test func groupsPastTheLimitAreReadFlatAndNamed() throws {
    var limits = MailLimits()
    limits.groupsMax = 2
    let reader = MailReader(limits: limits)
    let two = try #require(reader.read(lines("To: a: x@a.example;, b: y@a.example;", "", "Hi: a:b:c:d")))
    #expect(two.to.count == 2)
    #expect(two.defects.isEmpty)
    #expect(two.pieces[0].text == "Hi: a:b:c:d\n")
    let three = try #require(reader.read(lines("To: a:;, b:;, c: z@a.example", "", "Hi")))
    #expect(three.defects.contains(.tooManyAddresses))
  }

  /// Every prefix and every mutilation of a mail is a mail or none, and the reader goes on.
  @Test func aMailCutOrChangedAnywhereIsReadToItsEnd() throws {
    let whole = lines(
      "From: =?utf-8?Q?=C3=84?= <a@example.com>", "Message-ID: <1@a>",
      "Content-Type: multipart/mixed; boundary=b",
      "", "--b", "Content-Type: text/plain; charset=shift_jis", "Content-Transfer-Encoding: base64", "",
      "gqA=",
      "--b", "Content-Type: message/rfc822", "", "Subject: x", "", "y", "--b--")
    let reader = MailReader()
    var readable = 0
    for count in 0..<whole.count where reader.read(Array(whole[..<count])) != nil { readable += 1 }
    for index in whole.indices {
      for byte in [0, 10, 58, 61, 255] as [UInt8] {
        var changed = whole
        changed[index] = byte
        if reader.read(changed) != nil { readable += 1 }
      }
    }
    #expect(readable > whole.count)
    #expect(try #require(reader.read(whole)).pieces.map(\.text) == ["あ", nil, "y"])
  }
}
