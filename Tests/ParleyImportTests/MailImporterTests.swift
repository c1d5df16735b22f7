import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import Testing

@Suite struct MailImporterTests {
  static let now = Timestamp.parse(rfc3339: "2026-11-22T12:00:00Z")!.time
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parley-\(UUID().uuidString)")
    .path

  var options: MailOptions {
    var options = MailOptions(now: Self.now)
    options.ourDomains = ["shop.example"]
    options.ourAddresses = ["kim@agency.example"]
    return options
  }

  func items(_ files: [String: [UInt8]], _ options: MailOptions? = nil) throws -> [ImportItem] {
    for (name, bytes) in files {
      let path = folder + "/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var importer = MailImporter([folder], options: options ?? self.options)
    var items: [ImportItem] = []
    while let item = importer.next() { items.append(item) }
    return items
  }

  func accepted(_ bytes: [UInt8], _ options: MailOptions? = nil) throws -> ImportedEvents {
    let item = try #require(try items(["a.eml": bytes], options).first)
    guard case .accepted(let imported) = item.outcome else {
      Issue.record("rejected: \(item.outcome)")
      throw CancellationError()
    }
    return imported
  }

  func message(_ event: NewEvent?) throws -> MessageSent {
    guard case .messageSent(let body)? = event?.body else { throw CancellationError() }
    return body
  }

  // MARK: Parties

  @Test func aCustomersMailIsInboundInTheSendersStream() throws {
    let event = try #require(
      try accepted(
        lines(
          "From: Ana <Ana@Example.com>", "To: help@mail.shop.example, kim@agency.example",
          "Cc: bo@example.org",
          "Message-ID: <1@example.com>", "Date: Sun, 22 Nov 2026 09:00:00 +0100", "", "Hi")
      ).events.first)
    #expect(event.customer == (try Identity.email("ana@example.com")))
    #expect(event.effectiveDirection == .inbound)
    #expect(event.effectiveActorKind == .customer)
    #expect(event.fromName == "Ana")
    #expect(event.recipients.compactMap(\.party.customer) == [try Identity.email("bo@example.org")])
    #expect(event.recipients.map(\.role) == [.to, .to, .cc])
    #expect(event.occurredAt?.rfc3339() == "2026-11-22T08:00:00Z")
    #expect(event.utcOffset.minutes == 60)
    #expect(event.flags == .imported)
    #expect(event.touchpoint == Touchpoint("help@mail.shop.example"))
  }

  @Test func ourMailIsOutboundInTheFirstCustomersStream() throws {
    let event = try #require(
      try accepted(
        lines(
          "From: help@shop.example", "To: boss@shop.example, bo@example.org, ana@example.com",
          "Message-ID: <1@shop.example>", "", "Hi")
      ).events.first)
    #expect(event.customer == (try Identity.email("bo@example.org")))
    #expect(event.effectiveDirection == .outbound)
    #expect(event.effectiveActorKind == .agent)
    #expect(event.effectiveVisibility == .public)
  }

  @Test func mailAmongUsIsInternalAndInNoCustomersStream() throws {
    let event = try #require(
      try accepted(lines("From: help@shop.example", "To: boss@shop.example", "Message-ID: <1@s>", "", "?"))
        .events
        .first)
    #expect(event.effectiveDirection == .internal)
    #expect(event.effectiveVisibility == .internal)
    #expect(event.customer?.kind == .contact)
  }

  @Test func withoutAddressesOfOursEveryMailIsInbound() throws {
    let event = try #require(
      try accepted(
        lines("From: help@shop.example", "To: ana@example.com", "", "Hi"), MailOptions(now: Self.now)
      )
      .events.first)
    #expect(event.effectiveDirection == .inbound)
    #expect(event.customer == (try Identity.email("help@shop.example")))
  }

  @Test(arguments: ["", "shop example", "@", "a@shop.example"])
  func whatIsNoDomainIsRefused(domain: String) {
    var options = MailOptions(now: Self.now)
    options.ourDomains = [domain]
    #expect(throws: EventError.self) { try options.validate() }
    options.ourDomains = ["Shop.Example"]
    #expect(throws: Never.self) { try options.validate() }
    options.ourAddresses = ["kim"]
    #expect(throws: EventError.self) { try options.validate() }
  }

  @Test func aDomainThatOnlyEndsLikeOursIsNotOurs() throws {
    let event = try #require(try accepted(lines("From: a@notshop.example", "", "Hi")).events.first)
    #expect(event.effectiveDirection == .inbound)
  }

  @Test func aMailWithoutSenderStandsUnderAContactOfItsOwn() throws {
    let items = try items([
      "a.eml": lines("Subject: who?", "", "Hi"), "b.eml": lines("Subject: me", "", "Hi"),
    ])
    let customers = items.compactMap { item -> Identity? in
      if case .accepted(let imported) = item.outcome { imported.events.first?.customer } else { nil }
    }
    #expect(Set(customers).count == 2)
    #expect(customers.allSatisfy { $0.kind == .contact })
    #expect(items.allSatisfy { $0.warnings.contains { $0.code == .noSender } })
  }

  @Test func anAddressThatIsNoneIsKeptAsItStood() throws {
    let body = try message(
      try accepted(lines("From: a@example.com", "To: undisclosed recipients <nobody>", "", "Hi")).events.first
    )
    #expect(body.participants.map(\.role) == [.from, .to])
    #expect(body.participants[1].stated == "nobody")
  }

  // MARK: Threads and keys

  @Test(arguments: [
    (["References: <r@a> <s@a>", "In-Reply-To: <s@a>", "Message-ID: <t@a>"], "r@a"),
    (["In-Reply-To: <s@a>", "Message-ID: <t@a>"], "s@a"), (["Message-ID: <t@a>"], "t@a"),
    (["Message-ID: <t@a>", "Subject: Re: hello"], "t@a"),
    (["From: Ana@Example.com", "Subject: Re: AW:  Hello  there"], "subject:ana@example.com/hello there"),
    (["From: Ana@Example.com", "Subject: hello there"], "subject:ana@example.com/hello there"),
  ])
  func theThreadIsNamedByWhatTheMailAloneSays(headers: [String], thread: String) throws {
    let bytes = Array((headers + ["", "Hi", ""]).joined(separator: "\n").utf8)
    let event = try #require(try accepted(bytes).events.first)
    #expect(event.conversation == ConversationKey(.email, "email", thread: thread))
  }

  @Test func theSourceIsTheMessageIDAndWithoutItTheContent() throws {
    let named = try #require(
      try accepted(lines("Message-ID: <1@a>", "From: a@b.example", "", "Hi")).events.first)
    #expect(named.source?.nativeID == "1@a")
    #expect(named.source?.revision == "")
    let bare = try accepted(lines("From: a@b.example", "", "Hi"))
    let source = try #require(bare.events.first?.source)
    #expect(
      source.nativeID
        == source.digest.map { String(($0 >> 4), radix: 16) + String($0 & 15, radix: 16) }.joined())
    #expect(bare.asReusedID == nil)
  }

  @Test func anIDUsedTwiceCanBeStoredUnderItsContent() throws {
    let first = try accepted(lines("Message-ID: <1@a>", "From: a@b.example", "", "Hi"))
    let second = try accepted(lines("Message-ID: <1@a>", "From: a@b.example", "", "Ho"))
    #expect(first.events.first?.source?.digest != second.events.first?.source?.digest)
    let reused = try #require(second.asReusedID?.first)
    #expect(reused.source?.nativeID == "1@a")
    #expect(reused.source?.revision.count == 16)
    #expect(try message(reused).extensions.contains { $0.key == "reused_id" && $0.value == "true" })
  }

  @Test func theSourceDigestIsTheOneOfTheSpecification() throws {
    // Schemas/mail-source-digest.md, last line of its vector.
    let mail = try accepted(lines("From: Ana <ana@example.com>", "Subject: Hello", "", "Hi"))
    #expect(
      mail.events.first?.source?.nativeID
        == "9e82277121114f12a5a2304e148ecb9004318089bf65c426a0811c0157095b61")
  }

  @Test func oneMailIsOneSourceInEveryContainer() throws {
    let mail =
      "From: a@b.example\nSubject: a\n b\nDate: 1 Jan 2026 00:00 +0000\nMessage-ID: <1@a>\n\nHi\nFrom me\n"
    let quoted = mail.replacingOccurrences(of: "\nFrom me", with: "\n>From me")
    let items = try items([
      "1.eml": Array(mail.utf8), "2.eml": Array(mail.replacingOccurrences(of: "\n", with: "\r\n").utf8),
      "3.mbox": Array(("From a@b.example Sun Nov 22 09:00:00 2026\n" + quoted + "\n").utf8),
      "4.eml": Array(quoted.utf8),
      "5.eml": Array(mail.replacingOccurrences(of: "Subject: a\n b", with: "Subject: a b").utf8),
      "6.eml": Array(mail.replacingOccurrences(of: "Hi", with: "Ho").utf8),
    ])
    let digests = items.compactMap { item -> [UInt8]? in
      if case .accepted(let imported) = item.outcome { imported.events.first?.source?.digest } else { nil }
    }
    #expect(digests.count == 6)
    #expect(Set(digests[0..<5]).count == 1)
    #expect(digests[5] != digests[0])
  }

  // MARK: Content

  @Test func attachmentsGoBeforeTheEventThatNamesThem() throws {
    let imported = try accepted(
      lines(
        "From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "see", "--b",
        "Content-Type: image/png; name=x.png", "Content-Transfer-Encoding: base64", "", "AAECAw==", "--b--"))
    let body = try message(imported.events.first)
    #expect(body.parts.map(\.mediaType) == ["text/plain", "image/png"])
    #expect(body.parts[1].blob.fileName == "x.png")
    #expect(body.parts[1].blob.size == 4)
    #expect([UInt8](body.parts[1].blob.digest) == imported.blobs.first?.digest)
    var stored: [UInt8] = []
    imported.blobs.first?.forEachChunk { stored += $0 }
    #expect(stored == [0, 1, 2, 3])
    #expect(!body.hasRaw)
  }

  @Test func anEventSaysWhichPartsAreAttachedMails() throws {
    let imported = try accepted(
      lines(
        "From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "see", "--b",
        "Content-Type: message/rfc822", "", "From: =?utf-8?Q?B=C3=B6?= <bo@example.org>", "Subject: Hi",
        "Content-Type: multipart/mixed; boundary=c", "", "--c", "", "inner", "--c",
        "Content-Type: message/rfc822", "", "From: c@example.org", "", "innermost", "--c--", "--b--"))
    let body = try message(imported.events.first)
    #expect(body.parts.map(\.text) == ["see", "", "inner", "", "innermost"])
    let said = body.extensions.filter { $0.key == "attached_mails" }.map(\.value)
    let outer = #"{"part":1,"from":"Bö <bo@example.org>","subject":"Hi","parts":[2,3]}"#
    #expect(said == ["[\(outer),{\"part\":3,\"from\":\"c@example.org\",\"parts\":[4]}]"])
  }

  @Test func textOverTheLimitIsWholeInABlob() throws {
    var options = options
    options.limits.inlineTextBytesMax = 5
    let fits = try accepted(lines("From: a@example.com", "", "1234"), options)
    #expect(try message(fits.events.first).parts[0].text == "1234\n")
    #expect(fits.blobs.isEmpty)
    let over = try accepted(lines("From: a@example.com", "", "1234é"), options)
    let body = try message(over.events.first)
    #expect(body.parts[0].text == "1234")
    #expect(body.parts[0].blob.size == 7)
    #expect(over.blobs.map(\.size) == [7, 28])
  }

  @Test func rawBytesAreKeptWhereSomethingIsLost() throws {
    var options = options
    let clean = lines("From: a@example.com", "", "Hi")
    let wrong = Array("From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n".utf8) + [0xFC, 10]
    #expect(try !message(accepted(clean, options).events.first).hasRaw)
    #expect(try message(accepted(wrong, options).events.first).hasRaw)
    options.rawBytes = .always
    let kept = try accepted(clean, options)
    #expect([UInt8](try message(kept.events.first).raw.digest) == kept.events.first?.source?.rawDigest)
    options.rawBytes = .never
    #expect(try !message(accepted(wrong, options).events.first).hasRaw)
  }

  @Test func aDateNotBelievedIsReportedAndKept() throws {
    let item = try #require(
      try items([
        "a.eml": lines(
          "Received: by x; Sun, 22 Nov 2026 09:00:00 +0000", "From: a@example.com",
          "Date: Tue, 22 Nov 2050 09:00:00 +0000", "", "Hi")
      ]).first)
    guard case .accepted(let imported) = item.outcome else { throw CancellationError() }
    #expect(imported.events.first?.occurredAt?.rfc3339() == "2026-11-22T09:00:00Z")
    #expect(imported.events.first?.precision == .estimated)
    #expect(try message(imported.events.first).statedAt == "Tue, 22 Nov 2050 09:00:00 +0000")
    #expect(item.warnings.map(\.code) == [.timeNotBelieved])
  }

  // MARK: Delivery reports

  @Test func aBounceUpdatesTheDeliveryOfTheMessageItIsAbout() throws {
    let imported = try accepted(
      lines(
        "From: MAILER-DAEMON@mx.example", "To: help@shop.example", "Message-ID: <dsn@mx>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "", "Sorry.",
        "--b",
        "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "",
        "Final-Recipient: rfc822; Ana@Example.com", "Action: failed", "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 no such", " user", "", "Final-Recipient: rfc822; bo@example.org",
        "Action: delivered", "Status: 2.0.0", "", "--b", "Content-Type: text/rfc822-headers", "",
        "Message-ID: <m2@shop>", "References: <m1@shop> <mx@shop>", "", "--b--"))
    #expect(imported.events.count == 3)
    #expect(imported.events[0].flags == [.imported, .automated])
    let updates = imported.events.dropFirst().compactMap { event -> MessageDeliveryUpdated? in
      if case .messageDeliveryUpdated(let body) = event.body { body } else { nil }
    }
    #expect(updates.map(\.state) == [.bounced, .delivered])
    #expect(updates.map(\.code) == ["5.1.1", "2.0.0"])
    #expect(updates[0].diagnostic == "smtp; 550 no such user")
    #expect(updates.map(\.deliveredMessage.nativeID) == ["m2@shop", "m2@shop"])
    #expect(imported.events[1].customer == (try Identity.email("ana@example.com")))
    #expect(imported.events.map(\.conversation?.thread) == ["m1@shop", "m1@shop", "m1@shop"])
    #expect(imported.events.map(\.source?.nativeID) == ["dsn@mx", "dsn@mx#delivery-1", "dsn@mx#delivery-2"])
  }

  @Test func aReadReceiptUpdatesTheDelivery() throws {
    let imported = try accepted(
      lines(
        "From: ana@example.com", "To: help@shop.example", "Message-ID: <mdn@a>",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "", "--b", "",
        "Read.",
        "--b", "Content-Type: message/disposition-notification", "",
        "Final-Recipient: rfc822;ana@example.com",
        "Original-Message-ID: <m1@shop>", "Disposition: manual-action/MDN-sent-manually; displayed", "",
        "--b--"))
    guard case .messageDeliveryUpdated(let update)? = imported.events.last?.body else {
      throw CancellationError()
    }
    #expect(update.state == .read)
    #expect(update.deliveredMessage.nativeID == "m1@shop")
  }

  // MARK: Files

  @Test func anMboxOfAThreadIsOneConversation() throws {
    let path = try #require(Bundle.module.path(forResource: "order", ofType: "mbox", inDirectory: "Fixtures"))
    var importer = MailImporter([path], options: options)
    var events: [NewEvent] = []
    while let item = importer.next() {
      guard case .accepted(let imported) = item.outcome else { throw CancellationError() }
      events += imported.events
    }
    #expect(
      events.map(\.source?.nativeID) == [
        "order-1@example.com", "answer-1@shop.example", "away-1@example.org",
      ])
    #expect(Set(events.map(\.conversation?.thread)) == ["order-1@example.com"])
    #expect(events.map(\.effectiveDirection) == [.inbound, .outbound, .inbound])
    #expect(
      events.map(\.customer?.value) == ["ana@example.com", "ana@example.com", "bo@example.org"])
    #expect(events.map { $0.flags.contains(.automated) } == [false, false, true])
    let body = try message(events.first)
    #expect(body.subject == "Where is order 4711?")
    #expect(body.actorName == "Ana García")
    #expect(body.parts[0].text.contains("längst da sein.\n\nFrom what the tracking"))
    #expect(body.parts[1].blob.fileName == "label.png")
  }

  @Test func everyFileIsAccountedForInTheOrderOfNames() throws {
    let mail = lines("From: a@example.com", "", "Hi")
    let mbox = Array("From a@example.com Sun Nov 22 09:00:00 2026\n".utf8) + mail + [10]
    let items = try items([
      "b/cur/1": mail, "b/new/2": mail, "b/tmp/3": mail, "a.jpg": mail, "c.mbox": mbox + mbox, "d.eml": [],
      "e.eml": [0xFF, 0xD8, 0xFF], "f.eml": Array("\n\n".utf8),
    ])
    var report = ImportReport()
    for item in items {
      switch item.outcome {
      case .accepted(let imported): report.count(item, .stored(events: imported.events.count))
      case .rejected(let rejection): report.count(item, rejection)
      }
    }
    #expect(
      items.map { $0.place.description.replacingOccurrences(of: folder + "/", with: "") } == [
        "a.jpg", "b/cur/1", "b/new/2", "c.mbox:0", "c.mbox:69", "d.eml", "e.eml", "f.eml",
      ])
    #expect(report.read == 8)
    #expect(report.stored == 5)
    #expect(report.rejectedByCode == [.empty: 2, .notMail: 1])
    #expect(report.isComplete)
  }

  @Test func aMessageAtTheLimitIsTakenAndOneByteMoreIsNot() throws {
    var options = options
    options.limits.messageBytesMax = 40
    let mail = Array("From: a@example.com\n\n".utf8)
    let items = try items(
      ["a": mail + [UInt8](repeating: 120, count: 19), "b": mail + [UInt8](repeating: 120, count: 20)],
      options)
    let rejections = items.map { item -> ImportRejection.Code? in
      if case .rejected(let rejection) = item.outcome { rejection.code } else { nil }
    }
    #expect(rejections == [nil, .tooLarge])
  }

  @Test func linksAreNamedAndNotFollowed() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: folder)
    let items = try items(["a.eml": lines("From: a@example.com", "", "Hi")])
    #expect(items.count == 2)
    guard case .rejected(let rejection)? = items.last?.outcome else { throw CancellationError() }
    #expect(rejection.code == .notAFile)
  }

  @Test func aPathThatIsNotThereIsRejected() {
    var importer = MailImporter([folder + "/nothing"], options: options)
    guard case .rejected(let rejection)? = importer.next()?.outcome else {
      Issue.record("accepted")
      return
    }
    #expect(rejection.code == .unreadable)
    let further = importer.next()
    #expect(further?.place == nil)
  }
}
