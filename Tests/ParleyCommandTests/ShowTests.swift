import Foundation
import Testing

/// A long mail for a person: `parley show STORE POSITION` and `parley timeline --full`.
@Suite struct ShowTests {
  static let ana = "email:ana@example.com"
  let scratch: Scratch
  let store: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    let lines = (1...30).map { "line \($0)" } + (1...30).map { "> quoted \($0)" }
    let mail = """
      From: Ana =?utf-8?Q?P=C3=A9rez?= <ana@example.com>
      To: Help <help@shop.example>
      Date: Mon, 2 Feb 2026 09:01:00 +0100
      Message-ID: <m1@example.com>
      Subject: Order \u{1B}[31m4711
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain; charset=utf-8

      Red: \u{1B}[31m
      \(lines.joined(separator: "\n"))
      --b
      Content-Type: application/pdf
      Content-Disposition: attachment; filename="invoice.pdf"

      %PDF-1.4
      --b--

      """
    _ = try ParleyBinary.run(
      "import", "eml", store, scratch.write("1.eml", mail), "--our-domain", "shop.example")
  }

  @Test func aLongMailIsReadWhole() throws {
    let run = try ParleyBinary.run("show", store, "2", "--zone", "+01:00")
    #expect(run.status == 0)
    #expect(run.lines.contains { $0.hasPrefix("at  ") && $0.hasSuffix("2026-02-02T09:01:00+01:00") })
    #expect(run.lines.contains { $0.hasPrefix("from  ") && $0.hasSuffix("Ana Pérez <\(Self.ana)>") })
    #expect(run.lines.contains { $0.hasPrefix("to  ") && $0.hasSuffix("Help <email:help@shop.example>") })
    #expect(run.lines.contains { $0.hasPrefix("subject  ") && $0.hasSuffix("4711") })
    for number in 1...30 {
      #expect(run.lines.contains("line \(number)"))
      #expect(run.lines.contains("> quoted \(number)"))
    }
    #expect(run.output.contains("attached invoice.pdf (application/pdf, 8 B)"))
    #expect(run.output.contains("\nfile      active/"))
    #expect(!run.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "no control character")
  }

  @Test func onlyTheBeginningOfACallSaysWhichWayItWent() throws {
    let ended = #"{"kind":"call.ended","channel":"voice","by":"agent:kim","customer":"phone:+493012345678","#
    let lines = """
      {"kind":"call.started","channel":"voice","from":"phone:+493012345678","id":"pbx/1","call":"1"}
      \(ended)"id":"pbx/2","call":"1","direction":"outbound","disposition":"voicemail"}
      {"kind":"note.added","by":"agent:kim","customer":"phone:+493012345678","text":"Rang."}\n
      """
    let receipts = try ParleyBinary.run("append", store, input: lines)
    #expect(receipts.status == 0, "\(receipts.output)")
    let started = try ParleyBinary.run("show", store, "6")
    #expect(started.lines.contains("channel         voice, inbound"), "\(started.output)")
    #expect(started.lines.contains { $0.hasPrefix("what ") && $0.contains("  call in") }, "\(started.output)")
    let end = try ParleyBinary.run("show", store, "7")
    #expect(end.lines.contains("channel         voice"), "\(end.output)")
    #expect(end.lines.contains("what            call, voicemail"), "\(end.output)")
    #expect(
      try ParleyBinary.run("find", store, "--native-id", "pbx/2").output.hasSuffix("  call, voicemail\n"))
    let note = try ParleyBinary.run("show", store, "8")
    #expect(note.lines.contains("direction       internal"), "\(note.output)")
    #expect(!note.lines.contains { $0.hasPrefix("channel") })
  }

  @Test func aTimelineUnfoldsWhatItFolds() throws {
    let folded = try ParleyBinary.run("timeline", store, Self.ana)
    #expect(folded.output.contains(" more lines, 30 quoted (--full shows them)\n"))
    let mail = chatLine(2, text: (1...30).map { "line \($0)" }.joined(separator: "\\n"), from: Self.ana)
    _ = try ParleyBinary.run("append", store, input: mail)
    let twice = try ParleyBinary.run("timeline", store, Self.ana).output
    #expect(twice.components(separatedBy: " more lines").count == 3)
    #expect(twice.components(separatedBy: "--full").count == 2, "said once")
    let full = try ParleyBinary.run("timeline", store, Self.ana, "--full")
    #expect(!full.output.contains(" more lines"))
    #expect(full.lines.contains { $0.hasSuffix("  line 30") })
    #expect(full.lines.contains { $0.hasSuffix("  > quoted 30") })
  }
}
