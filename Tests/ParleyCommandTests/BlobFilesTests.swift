import Foundation
import Testing

/// `parley show STORE POSITION --blobs DIR`.
@Suite struct BlobFilesTests {
  let scratch: Scratch
  let store: String
  let directory: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    directory = scratch.path("out")
    _ = try ParleyBinary.run("init", store, "--quiet")
  }

  @Test func anAttachmentComesOutAsItWentIn() throws {
    let position = try imported([("order.pdf", "%PDF-1.4\n")])
    let run = try ParleyBinary.run("show", store, position, "--blobs", directory)
    #expect(run.status == 0, "\(run.diagnostics)")
    #expect(try bytes("order.pdf") == Data("%PDF-1.4\n".utf8))
    #expect(run.lines.last == "blob      \(directory)/order.pdf, 9 B of application/pdf")
    let json = try ParleyBinary.run("show", store, position, "--blobs", directory, "--format", "json")
    #expect(json.output.contains(#""size":9,"mediaType":"application/pdf","fileName":"order.pdf","file":""#))
  }

  @Test func noFileIsOverwritten() throws {
    let position = try imported([("a.txt", "one\n"), ("a.txt", "two\n")])
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let victim = try scratch.write("victim", "keep")
    try FileManager.default.createSymbolicLink(atPath: directory + "/a.txt", withDestinationPath: victim)
    #expect(try ParleyBinary.run("show", store, position, "--blobs", directory).status == 0)
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "keep")
    #expect(try bytes("a-2.txt") == Data("one\n".utf8))
    #expect(try bytes("a-3.txt") == Data("two\n".utf8))
  }

  @Test(
    arguments: [
      ("../../etc/passwd", "_.._etc_passwd"), ("/etc/passwd", "_etc_passwd"), ("..", nil), ("-rf", "rf"),
      (".bashrc", "bashrc"), ("a\\b", "a_b"), ("invoice\u{202E}fdp.exe", "invoice‹U+202E›fdp.exe"),
      ("re\u{7}d.txt", "re␇d.txt"),
      (String(repeating: "ü", count: 120) + ".pdf", String(repeating: "ü", count: 98) + ".pdf"),
    ] as [(String, String?)]) func namesAreMadeSafe(given: String, safe: String?) throws
  {
    let position = try imported([(given, "x\n")])
    let run = try ParleyBinary.run("show", store, position, "--blobs", directory)
    #expect(run.status == 0, "\(run.diagnostics)")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    #expect(names.count == 1)
    let name = try #require(names.first)
    if let safe { #expect(name == safe) } else { #expect(name.count == 20 && name.hasSuffix(".pdf")) }
    #expect(try bytes(name) == Data("x\n".utf8))
  }

  @Test func whatIsMissingOrDamagedIsNamedAndNoFileStands() throws {
    let position = try imported([("order.pdf", "%PDF-1.4\n"), ("b.pdf", "b\n")])
    let blobs = try FileManager.default.subpathsOfDirectory(atPath: store + "/blobs").filter { $0.count > 60 }
    let paths = blobs.map { "\(store)/blobs/\($0)" }
    let order = try #require(try paths.first { try Data(contentsOf: URL(fileURLWithPath: $0)).count == 9 })
    try Data("%PDF-1.5\n".utf8).write(to: URL(fileURLWithPath: order))
    let damaged = try ParleyBinary.run("show", store, position, "--blobs", directory)
    #expect(damaged.status == 4)
    #expect(damaged.diagnostics.contains("called order.pdf, digest "))
    #expect(damaged.diagnostics.contains("its bytes are damaged"))
    try FileManager.default.removeItem(atPath: order)
    let missing = try ParleyBinary.run("show", store, position, "--blobs", directory)
    #expect(missing.status == 1)
    #expect(missing.diagnostics.contains("its bytes are not in the store"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["b-2.pdf", "b.pdf"])
  }

  @Test func anEventWithoutAttachmentsSaysSo() throws {
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let run = try ParleyBinary.run("show", store, "2", "--blobs", directory)
    #expect(run.status == 0)
    #expect(run.diagnostics == "the event names no attachments\n")
    let file = try scratch.write("file", "")
    let wrong = try ParleyBinary.run("show", store, "2", "--blobs", file)
    #expect(wrong.status == 3)
    #expect(wrong.diagnostics.contains("Not a directory"))
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
  }

  /// Imports a mail with attachments; the position of its message.
  private func imported(_ files: [(name: String, text: String)]) throws -> String {
    let parts = files.map { name, text in
      let name = name.utf8.map { String(format: "%%%02X", $0) }.joined()
      return """
        --b
        Content-Type: application/pdf
        Content-Disposition: attachment; filename*=utf-8''\(name)
        Content-Transfer-Encoding: base64

        \(Data(text.utf8).base64EncodedString())

        """
    }
    let mail = """
      From: ana@example.com
      To: help@shop.example
      Date: Mon, 2 Feb 2026 09:00:00 +0100
      Message-ID: <m1@example.com>
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=b

      \(parts.joined())--b--

      """
    #expect(try ParleyBinary.run("import", "eml", store, try scratch.write("mail.eml", mail)).status == 0)
    let line = try #require(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.first)
    let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return String(try #require(event?["position"] as? Int))
  }
}
