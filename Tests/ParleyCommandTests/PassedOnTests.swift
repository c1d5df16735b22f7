import Foundation
import Testing

/// What one store writes, another takes.
@Suite struct PassedOnTests {
  let scratch: Scratch
  let first: String
  let second: String
  let lines: String

  init() throws {
    scratch = try Scratch()
    first = scratch.path("first")
    second = scratch.path("second")
    for store in [first, second] { _ = try ParleyBinary.run("init", store, "--quiet") }
    let fromBen = chatLine(3, from: "email:ben@example.com")
    _ = try ParleyBinary.run("append", first, input: chatLine(1) + chatLine(2) + fromBen)
    lines = try ParleyBinary.run("replay", first).output
  }

  @Test func everyEventIsThereOnceAndASecondRunStoresNothing() throws {
    let run = try ParleyBinary.run("append", second, input: lines)
    #expect(run.status == 0)
    #expect(run.diagnostics == "6 lines: 6 stored, 0 duplicate, 0 rejected\n")
    #expect(try kinds(of: second) == kinds(of: first))
    let again = try ParleyBinary.run("append", second, input: lines)
    #expect(again.diagnostics == "6 lines: 0 stored, 6 duplicate, 0 rejected\n")
    #expect(try kinds(of: second) == kinds(of: first))
  }

  @Test func aBatchOfThemToo() throws {
    let run = try ParleyBinary.run("append", second, "--batch", input: lines)
    #expect(run.status == 0)
    #expect(try kinds(of: second) == kinds(of: first))
  }

  @Test func theStoreGoesOnFromThemAsFromItsOwn() throws {
    _ = try ParleyBinary.run("append", second, input: lines)
    let next = try ParleyBinary.run("append", second, input: chatLine(9))
    #expect(next.lines == [#"{"line":1,"status":"stored","position":6}"#])
    #expect(try kinds(of: second).count == 7, "the identity and the conversation are known")
  }

  @Test func whatTheStoreNotedFirstItselfStays() throws {
    _ = try ParleyBinary.run("append", second, input: chatLine(9))
    let run = try ParleyBinary.run("append", second, input: lines)
    #expect(run.status == 0)
    #expect(run.lines.prefix(2).allSatisfy { $0.contains("\"duplicate\"") })
    let found = try kinds(of: second)
    #expect(found.filter { $0 == "conversation.opened" }.count == 1)
    #expect(found.filter { $0 == "identity.observed" }.count == 2)
    #expect(found.filter { $0 == "message.sent" }.count == 4)
  }

  /// A link names the streams of the store it was recorded in; another store finds its own by the identities.
  @Test func linksAndSeparationsAreFollowedInTheOtherStoreToo() throws {
    let (ana, ben) = ("email:ana@example.com", "email:ben@example.com")
    let phones = ["phone:+493012345678", "phone:+493087654321"]
    for (number, phone) in phones.enumerated() {
      _ = try ParleyBinary.run(
        "append", first, input: chatLine(20 + number, text: "I am \(number)", from: phone))
    }
    let by = ["--by", "agent:kim"]
    for (one, other) in [(ana, phones[0]), (ben, phones[1]), (ana, ben)] {
      #expect(
        try ParleyBinary.run(["link", first, one, other, "--evidence", "x"] + by, input: Data()).status == 0)
    }
    #expect(
      try ParleyBinary.run(["unlink", first, ana, ben, "--reason", "two people"] + by, input: Data()).status
        == 0)
    _ = try ParleyBinary.run("append", second, input: try ParleyBinary.run("replay", first).output)
    for identity in [ana, ben] + phones {
      let customers = try [first, second].map { store in
        try ParleyBinary.run("customer", store, identity).lines.map { line in
          // When it was recorded is each store's own.
          line.replacing(/on \d{4}-[0-9T:.-]+Z/, with: "")
        }
      }
      #expect(customers[0] == customers[1])
      let timelines = try [first, second].map { store in
        try ParleyBinary.run("timeline", store, identity).lines.filter {
          $0.contains("Where is") || $0.contains("I am")
        }
      }
      #expect(timelines[0] == timelines[1])
      #expect(!timelines[0].isEmpty)
    }
    #expect(try ParleyBinary.run("customer", second, ana).output.contains(phones[0]))
    #expect(!(try ParleyBinary.run("timeline", second, ana).output.contains(phones[1])))
  }

  @Test func touchpointsGoByTheirNames() throws {
    let line = chatLine(20).replacingOccurrences(
      of: #""conversation":"webchat/c-991""#, with: #""conversation":"webchat/c-1","touchpoint":"shop""#)
    _ = try ParleyBinary.run("append", first, input: line)
    let sent = try ParleyBinary.run(
      "replay", first, "--conversation", "webchat/c-1", "--kind", "message.sent")
    #expect(sent.output.contains(#""touchpoint":"shop""#))
    #expect(!sent.output.contains(#""ids""#), "no keyed id where the name is known")
    _ = try ParleyBinary.run("append", second, input: try ParleyBinary.run("replay", first).output)
    let envelopes = try ParleyBinary.run("replay", second, "--envelopes", "--conversation", "webchat/c-1")
    #expect(envelopes.lines.allSatisfy { $0.contains(#""touchpoint":""#) })
    let timeline = try ParleyBinary.run("timeline", second, "email:ana@example.com", "--format", "json")
    #expect(timeline.output.contains(#""channel":"chat","touchpoint":"shop""#))
  }

  @Test func attachmentsStayBehindAndBothStoresSaySo() throws {
    let mail = """
      From: ana@example.com
      To: help@shop.example
      Date: Mon, 2 Feb 2026 09:00:00 +0100
      Message-ID: <m1@example.com>
      MIME-Version: 1.0
      Content-Type: application/pdf; name="order.pdf"
      Content-Transfer-Encoding: base64

      JVBERi0xLjQK

      """
    let path = try scratch.write("mail.eml", mail)
    #expect(try ParleyBinary.run("import", "eml", first, path).status == 0)
    #expect(try ParleyBinary.run("verify", first).status == 0)
    let replay = try ParleyBinary.run("replay", first)
    #expect(
      replay.diagnostics
        == "1 event names 1 attachment: their bytes are not in the lines, they stay in the store's blobs\n")
    #expect(try ParleyBinary.run("replay", first, "--quiet").diagnostics.isEmpty)
    #expect(try ParleyBinary.run("append", second, input: replay.output).status == 0)
    let verify = try ParleyBinary.run("verify", second)
    #expect(verify.status == 4)
    #expect(verify.lines.count == 1)
    #expect(verify.lines.first?.hasPrefix("damage: blobs/") == true)
    #expect(verify.lines.first?.contains("missing, and named by the event at position ") == true)
  }

  private func kinds(of store: String) throws -> [String] {
    try ParleyBinary.run("replay", store, "--envelopes").lines.map { line in
      String(line.components(separatedBy: "\"kind\":\"")[1].prefix { $0 != "\"" })
    }
  }
}
