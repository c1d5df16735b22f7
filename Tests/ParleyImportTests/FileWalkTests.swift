import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleyImport
import Testing

/// Files that a directory can hold beside mail: they are named, and nothing waits for them.
@Suite(.timeLimit(.minutes(1))) struct FileWalkTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parley-\(UUID().uuidString)")
    .path

  /// What an import makes of a folder that a shell script has filled. A script, because it can give a file a name
  /// that is no text.
  func items(_ script: String, at path: String = "") throws -> [ImportItem] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.currentDirectoryURL = URL(fileURLWithPath: folder)
    shell.arguments = ["-e", "-c", script]
    try shell.run()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    var importer = MailImporter([folder + path], options: MailOptions(now: MailTimeTests.now))
    var items: [ImportItem] = []
    while let item = importer.next() { items.append(item) }
    return items
  }

  func rejections(_ items: [ImportItem]) -> [ImportRejection?] {
    items.map { if case .rejected(let rejection) = $0.outcome { rejection } else { nil } }
  }

  func names(_ items: [ImportItem]) -> [String] {
    items.map { $0.place.description.replacingOccurrences(of: folder + "/", with: "") }
  }

  @Test(arguments: ["", "/pipe", "/link"]) func aNamedPipeIsNamedAndNobodyWaitsForIt(path: String) throws {
    let found = rejections(
      try items("mkfifo pipe; ln -s pipe link; [ -z '\(path)' ] && rm link || true", at: path))
    #expect(found == [ImportRejection(.notAFile, "")])
    #expect(found.first??.message == "a named pipe; only files and directories are read")
  }

  @Test func aNamedPipeInAMaildirCostsItselfAlone() throws {
    let items = try items(
      "mkdir cur new tmp; mkfifo cur/a; printf 'From: a@example.com\\n\\nHi\\n' > new/b; mkfifo tmp/c")
    #expect(names(items) == ["cur/a", "new/b"])
    #expect(rejections(items) == [ImportRejection(.notAFile, ""), nil])
  }

  @Test func aNamedPipeThatTookAFilesPlaceIsNotOpenedForReading() throws {
    var chunks: FileChunks?
    _ = try items("mkfifo pipe")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let maker = try Process.run(
      URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "mkfifo '\(folder)/pipe'"])
    maker.waitUntilExit()
    chunks = FileChunks(path: FilePath(folder + "/pipe"))
    #expect(chunks == nil)
  }

  @Test func aLinkNamedByTheCallerIsFollowed() throws {
    let items = try items("printf 'From: a@example.com\\n\\nHi\\n' > mail; ln -s mail link", at: "/link")
    #expect(rejections(items) == [nil])
  }

  // MARK: Names

  @Test func aNameThatIsNoTextIsReadAndItsBytesAreShown() throws {
    let items = try items(
      """
      mkdir "$(printf 'b\\377d')"
      printf 'From: a@example.com\\nMessage-ID: <1@a>\\n\\nHi\\n' > "$(printf 'caf\\351.eml')"
      cp "$(printf 'caf\\351.eml')" "$(printf 'b\\377d/\\303')"
      cp "$(printf 'caf\\351.eml')" "$(printf 'caf\\303\\251.eml')"
      """)
    #expect(names(items) == [#"b\xFFd/\xC3"#, "café.eml", #"caf\xE9.eml"#])
    let sources = items.compactMap { item in
      if case .accepted(let imported) = item.outcome { imported.events.first?.source } else { nil }
    }
    #expect(sources.count == 3)
    #expect(Set(sources.map(\.nativeID)) == ["1@a"], "a file's name is no part of what a mail is known by")
    #expect(Set(sources.map(\.digest)).count == 1)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], #"a\xFF"#), ([0xC3], #"\xC3"#), ([0xE2, 0x82, 0x41], #"\xE2\x82A"#),
      ([0xED, 0xA0, 0x80], #"\xED\xA0\x80"#), ([0xC3, 0xA9, 0x0F, 0x80], "é\u{0F}\\x80"), ([], ""),
    ] as [([UInt8], String)])
  func bytesThatAreNoTextAreWrittenAsNumbers(bytes: [UInt8], expected: String) {
    #expect(FilePath(bytes).description == expected)
  }
}
