import ParleyImport
import Testing

/// A mail from lines, as a file has them.
func lines(_ lines: String...) -> [UInt8] { Array(lines.joined(separator: "\n").utf8) + [10] }

@Suite struct MailReaderTests {
  func read(_ bytes: [UInt8], limits: MailLimits = MailLimits()) throws -> Mail {
    try #require(MailReader(limits: limits).read(bytes))
  }

  @Test func foldedAndEncodedHeadersAreDecoded() throws {
    let mail = try read(
      lines(
        "From: =?iso-8859-1?Q?Ana_Garc=EDa?= <Ana@Example.com>", "Subject: =?utf-8?B?QsO8Y2hlcg==?=",
        " =?utf-8?Q?_und_mehr?=", "To: Team: a@example.org, \"B, C\" <b@example.org>;, d@example.org", "",
        "Hi"))
    #expect(mail.from == [MailAddress(name: "Ana García", address: "Ana@Example.com")])
    #expect(mail.subject == "Bücher und mehr")
    #expect(mail.to.map(\.address) == ["a@example.org", "b@example.org", "d@example.org"])
    #expect(mail.to[1].name == "B, C")
  }

  @Test func headersInRaw8BitAreUTF8OrWindows1252() throws {
    #expect(try read(Array("Subject: Grüße\n\nHi\n".utf8)).subject == "Grüße")
    #expect(try read(Array("Subject: Gr".utf8) + [0xFC] + Array("sse\n\nHi\n".utf8)).subject == "Grüsse")
  }

  @Test func zerosInTheHeaderAreReadAsBlanks() throws {
    let mail = try read(Array("Subject: a\0b\nFrom: x@example.com\n\na\0b\n".utf8))
    #expect(mail.subject == "a b")
    #expect(mail.from.first?.address == "x@example.com")
    #expect(mail.pieces.first?.text == "a\0b\n")
    #expect(mail.defects.contains(.zeroInHeader))
  }

  @Test func messageIDsAreTakenFromFoldsAndProse() throws {
    let mail = try read(
      lines(
        "Message-ID: <1@a.example>", "In-Reply-To: Your message of today <0@a.example>",
        "References: <x@a.example>", "\t<y@", " a.example> junk", "", "Hi"))
    #expect(mail.messageID == "1@a.example")
    #expect(mail.inReplyTo == ["0@a.example"])
    #expect(mail.references == ["x@a.example", "y@a.example"])
  }

  @Test func referencesAreCutAtTheLimit() throws {
    var limits = MailLimits()
    limits.referencesMax = 2
    let two = lines("References: <1@a> <2@a>", "", "Hi")
    #expect(try read(two, limits: limits).defects.isEmpty)
    let three = try read(lines("References: <1@a> <2@a> <3@a>", "", "Hi"), limits: limits)
    #expect(three.references == ["1@a", "2@a"])
    #expect(three.defects.contains(.tooManyReferences))
  }

  @Test func alternativesAndAttachmentsComeInOrder() throws {
    let mail = try read(
      lines(
        "From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "--b",
        "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable", "",
        "Gr=FC=DFe", "--b", "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename=\"../../etc/x.bin\"", "", "AAECAw==", "--b--"))
    #expect(mail.pieces.map(\.path) == ["1", "2"])
    #expect(mail.pieces[0].text == "Grüße")
    #expect(mail.pieces[0].bytes == nil)
    #expect(mail.pieces[1].bytes == [0, 1, 2, 3])
    #expect(mail.pieces[1].fileName == "../../etc/x.bin")
    #expect(mail.defects.isEmpty)
  }

  @Test func anAttachedMessageIsKeptAndItsTextRead() throws {
    let mail = try read(
      lines(
        "From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "outer", "--b",
        "Content-Type: message/rfc822", "", "From: c@example.com", "Subject: inner", "", "inner text", "--b--"
      ))
    #expect(mail.pieces.map(\.path) == ["1", "2", "2.1"])
    #expect(mail.pieces.map(\.owner) == [nil, nil, 1])
    #expect(mail.pieces.map(\.attached) == [nil, MailLabel(from: "c@example.com", subject: "inner"), nil])
    #expect(mail.pieces[2].text == "inner text")
    let attached = String(decoding: try #require(mail.pieces[1].bytes), as: UTF8.self)
    #expect(attached.hasPrefix("From: c@example.com\nSubject: inner\n\ninner text"))
  }

  @Test func whatHasNoHeaderFieldFirstIsNoMail() {
    let reader = MailReader()
    #expect(reader.read([]) == nil)
    #expect(reader.read(Array("Just some text.\n\nNote: more\n".utf8)) == nil)
    #expect(reader.read([0xFF, 0xD8, 0xFF, 0xE0]) == nil)
    #expect(reader.read(Array("\n\r\nSubject: late\n\nHi\n".utf8)) != nil)
  }

  @Test func aHeaderFieldMustBeginInTheSniffedBytes() {
    var limits = MailLimits()
    limits.sniffBytesMax = 20
    let reader = MailReader(limits: limits)
    #expect(reader.read(Array((String(repeating: "x", count: 11) + "\nSubject: a\n\nb").utf8)) != nil)
    #expect(reader.read(Array((String(repeating: "x", count: 12) + "\nSubject: a\n\nb").utf8)) == nil)
  }

  @Test func nestingStopsAtTheLimitAndSaysSo() throws {
    func nested(_ depth: Int) -> [UInt8] {
      var text = ""
      for level in 0..<depth {
        text += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n"
      }
      return Array(("From: a@example.com\n" + text + "\ndeep\n").utf8)
    }
    var limits = MailLimits()
    limits.depthMax = 5
    #expect(try !read(nested(5), limits: limits).defects.contains(.tooDeep))
    #expect(try read(nested(6), limits: limits).defects.contains(.tooDeep))
    #expect(try read(nested(3_000)).defects.contains(.tooDeep))
  }

  @Test func partsStopAtTheLimitAndSaySo() throws {
    let many = lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "1", "--b", "", "2", "--b--")
    var limits = MailLimits()
    limits.partsMax = 3
    #expect(try read(many, limits: limits).pieces.count == 2)
    #expect(try !read(many, limits: limits).defects.contains(.tooManyParts))
    limits.partsMax = 2
    #expect(try read(many, limits: limits).pieces.count == 1)
    #expect(try read(many, limits: limits).defects.contains(.tooManyParts))
  }

  @Test func headersAndAddressesStopAtTheLimitAndSaySo() throws {
    var limits = MailLimits()
    limits.headersMax = 2
    limits.addressesMax = 2
    let two = try read(lines("From: a@x.example", "To: b@x.example, c@x.example", "", "Hi"), limits: limits)
    #expect(two.to.count == 2)
    #expect(two.defects.isEmpty)
    let three = try read(
      lines("From: a@x.example", "To: b@x.example, c@x.example, d@x.example", "X-A: b", "", "Hi"),
      limits: limits)
    #expect(three.to.count == 2)
    #expect(three.defects == [.tooManyAddresses, .tooManyHeaders])
  }

  @Test func programsAreToldFromPeople() throws {
    #expect(try read(lines("Auto-Submitted: auto-replied", "", "I am away")).isAutomated)
    #expect(try read(lines("Precedence: auto_reply", "", "I am away")).isAutomated)
    #expect(try read(lines("Precedence: bulk", "", "Buy!")).isAutomated)
    #expect(try read(lines("Return-Path: <>", "From: x@example.com", "", "Failed")).isAutomated)
    #expect(try !read(lines("Auto-Submitted: no", "", "Hi")).isAutomated)
    #expect(try !read(lines("Precedence: bulk", "List-Id: <a.example.com>", "", "Hi")).isAutomated)
    #expect(try !read(lines("Return-Path: <a@example.com>", "From: a@example.com", "", "Hi")).isAutomated)
  }
}

@Suite struct TextDecoderTests {
  @Test(
    arguments: [
      ("us-ascii", [72, 105], "Hi", false), ("utf-8", [0xC3, 0xBC], "ü", false),
      ("iso-8859-1", [0xFC, 0x93], "ü“", false), ("utf-7", Array("+AOQ-".utf8), "ä", false),
      ("utf-16be", [0, 72, 0, 105], "Hi", false), ("UTF-16", [0xFF, 0xFE, 72, 0], "H", false),
      ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x24, 0x22, 0x1B, 0x28, 0x42], "あ", false),
      ("gb2312", [0xC4, 0xE3], "你", false), ("koi8-r", [0xC1], "а", false),
      ("\"utf-8\"", [0xC3, 0xBC], "ü", false), ("us-ascii", [0xC3, 0xBC], "ü", true),
      ("us-ascii", [0xFC], "ü", true), ("utf-8", [0xFC], "ü", true), ("no-such-set", [0xFC], "ü", true),
      ("utf-8", [0xC3, 0xBC, 0xC3, 0xBC, 0xC3], "üü\u{FFFD}", true),
      ("shift_jis", [0x82, 0xA0, 0xFF], "あ\u{FFFD}", true),
      ("iso-8859-2", [0xC3, 0xBC], "Ăź", false), ("IBM1390", [0xFC], "ü", true),
      ("../../x", [0xFC], "ü", true), ("utf-8", [0xEF, 0xBB, 0xBF, 72], "H", false),
    ] as [(String, [UInt8], String, Bool)])
  func charactersAreBelievedInOrder(charset: String, bytes: [UInt8], text: String, hasErrors: Bool) {
    let result = TextDecoder.decode(bytes, charset: charset)
    #expect(result.text == text)
    #expect(result.hasErrors == hasErrors)
  }
}
