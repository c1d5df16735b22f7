import Foundation
import Testing

/// The file of `import --report`: nothing but an earlier report is ever lost by it.
@Suite struct ImportReportTests {
  let scratch: Scratch
  let store: String
  let mail: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    #expect(try ParleyBinary.run("init", store, "--quiet").status == 0)
    mail = try scratch.write("empty.eml", "")
  }

  @Test func anEarlierReportIsReplaced() throws {
    let report = scratch.path("report.jsonl")
    for _ in 0..<2 {
      #expect(try ParleyBinary.run("import", "eml", store, mail, "--report", report).status == 1)
      #expect(try String(contentsOfFile: report, encoding: .utf8).hasPrefix(#"{"item":"#))
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "no script(1) here"))
  func oneMailIsCountedAsOne() throws {
    let run = try Shell.run("script -qec \"$parley import eml $1 $2\" /dev/null </dev/null", [store, mail])
    #expect(run.output.contains("\r1 mail, "), "\(run.output)")
  }

  @Test(arguments: ["store/key", "store/store.json", "store/active/00000000000000000000.seg", "note.txt"])
  func noOtherFileIs(name: String) throws {
    _ = try scratch.write("note.txt", "a letter")
    let path = scratch.path(name)
    let before = try Data(contentsOf: URL(filePath: path))
    let run = try ParleyBinary.run("import", "eml", store, mail, "--report", path)
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("is no earlier report"))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try ParleyBinary.run("verify", store).status == 0)
  }

  @Test(.timeLimit(.minutes(1))) func aPipeThatNobodyReadsIsNotWaitedFor() throws {
    let pipe = scratch.path("pipe")
    let made = unsafe mkfifo(pipe, 0o600)
    try #require(made == 0)
    #expect(try ParleyBinary.run("import", "eml", store, mail, "--report", pipe).status == 3)
  }

  @Test func attachmentsAreNotWrittenAmongAStoresFiles() throws {
    let letter = try scratch.write(
      "letter.eml", "From: ana@example.com\nTo: help@shop.example\nMessage-ID: <a@b>\n\nHello\n")
    #expect(try ParleyBinary.run("import", "eml", store, letter).status == 0)
    let run = try ParleyBinary.run("show", store, "0", "--blobs", store + "/blobs/sub")
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("lies in a store"))
  }
}
