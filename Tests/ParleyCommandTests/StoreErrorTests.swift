import Foundation
import Testing

@Suite struct StoreErrorTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: ["append", "replay", "stats", "verify"])
  func aDirectoryThatIsNoStoreIsExitCodeThree(command: String) throws {
    let run = try ParleyBinary.run(command, scratch.path("nothing"))
    #expect(run.status == 3)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics.contains("parley init"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("nothing")))
  }

  @Test(arguments: [["replay"], ["append"], ["init"]])
  func aFileOrAPlaceThatCannotBeIsNamed(command: [String]) throws {
    let file = try scratch.write("file", "text")
    let run = try ParleyBinary.run(command + [file], input: Data())
    #expect(run.status == 3)
    #expect(run.diagnostics.hasPrefix("parley: \(file): "))
    #expect(run.diagnostics.hasSuffix(": a file, and a store is a directory\n"), "\(run.diagnostics)")
    let below = try ParleyBinary.run(command + [file + "/store"], input: Data())
    #expect(below.status == 3)
    #expect(below.diagnostics.hasPrefix("parley: \(file)/store: "))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "text")
  }

  @Test func initRefusesADirectoryThatIsNotEmpty() throws {
    _ = try scratch.write("store/something", "kept")
    let run = try ParleyBinary.run("init", scratch.path("store"))
    #expect(run.status == 3)
    #expect(try String(contentsOfFile: scratch.path("store/something"), encoding: .utf8) == "kept")
  }

  @Test func initSaysThatThereIsAStoreAlready() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    let run = try ParleyBinary.run("init", store)
    #expect(run.status == 3)
    #expect(
      run.diagnostics
        == "parley: \(store): there is a store already: it is kept as it is; name another directory\n")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "no /proc here"))
  func initSaysWhereNoDirectoryCanBeMade() throws {
    let run = try ParleyBinary.run("init", "/proc/x.parley")
    #expect(run.status == 3)
    #expect(
      run.diagnostics.hasPrefix("parley: /proc/x.parley: the directory can't be made ("), "\(run.diagnostics)"
    )
    #expect(!run.diagnostics.contains("open the store"))
  }

  @Test func thePlaceOfAnErrorDoesNotReadAsSyntax() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    try FileManager.default.removeItem(atPath: store + "/key")
    let run = try ParleyBinary.run("stats", store)
    #expect(run.status == 3)
    #expect(run.diagnostics.contains("--key-file (file key)\n"), "\(run.diagnostics)")
  }

  @Test func initRefusesARegionThatIsNone() throws {
    let run = try ParleyBinary.run("init", scratch.path("store"), "--region", "Atlantis")
    #expect(run.status == 2)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("store")))
  }

  @Test func readingCommandsWorkOnAReadOnlyStore() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let before = try files(in: store)
    try setWritable(false, store)
    defer { try? setWritable(true, store) }
    for arguments in [
      ["replay", store], ["timeline", store, "email:ana@example.com"],
      ["customer", store, "email:ana@example.com"],
      ["find", store, "4711"], ["show", store, "2"], ["stats", store], ["verify", store],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.status == 0, "\(arguments[0]): \(run.diagnostics)")
      #expect(!run.output.isEmpty || arguments[0] == "verify")
    }
    #expect(try files(in: store) == before)
  }

  @Test(arguments: ["verify", "stats", "replay"])
  func ofAStoreThatVerifyCannotOpenEitherNothingElseIsAdvised(command: String) throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    try Data().write(to: URL(fileURLWithPath: store + "/active/00000000000000000000.seg"))
    let run = try ParleyBinary.run(command, store)
    #expect(run.status == 4)
    #expect(run.diagnostics.contains("no segment of the store can be read: restore it from a backup"))
    #expect(!run.diagnostics.contains("parley verify"), "\(run.diagnostics)")
  }

  @Test(.enabled(if: isOtherUserPossible, "only root can run the command as another user"))
  func whoMayNotReadAStoreIsNotSentToTheCommandsThatRead() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let script = "chmod -R go-rwx $1/active $1/key; \(Self.asOther) $2 $1 </dev/null"
    for command in ["stats", "verify", "append"] {
      let run = try Shell.run(script, [store, command])
      #expect(run.status == 3, "\(run.diagnostics)")
      #expect(run.diagnostics.contains("check its owner and mode"), "\(run.diagnostics)")
      #expect(run.diagnostics.contains("only read") == (command == "append"), "\(run.diagnostics)")
    }
  }

  private static let asOther = "setpriv --reuid 54321 --clear-groups $parley"
  private static var isOtherUserPossible: Bool {
    (try? Shell.run("\(asOther) --version", []).status) == 0
  }

  @Test func aStoreOfANewerFormatIsRefusedByEveryCommandAndLeftAsItIs() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    let description = store + "/store.json"
    let text = try String(contentsOfFile: description, encoding: .utf8)
    let newer = text.replacingOccurrences(of: #"{"parley":1,"#, with: #"{"parley":2,"#)
    #expect(newer != text)
    try newer.write(toFile: description, atomically: true, encoding: .utf8)
    let before = try files(in: store)
    for arguments in [["append", store], ["replay", store], ["stats", store], ["verify", store]] {
      let run = try ParleyBinary.run(arguments, input: Data(chatLine(1).utf8))
      #expect(run.status == 3)
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("has format 2, this version reads up to 1: use a newer parley"))
    }
    #expect(try files(in: store) == before)
  }

  @Test func aSecondWriterIsRefusedByEveryCommandThatAppends() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    let process = try ParleyBinary.start(["append", store])
    try process.send(chatLine(1))
    _ = process.line()
    let path = try scratch.write("mail.eml", mail(1))
    let pair = [store, "email:ana@example.com", "phone:+493012345678"]
    for arguments in [
      ["append", store], ["import", "eml", store, path], ["link"] + pair + ["--evidence", "x"],
      ["unlink"] + pair + ["--reason", "x"],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data(chatLine(2).utf8))
      #expect(run.status == 3)
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("another writer has the store open"))
      #expect(run.diagnostics.contains("Wait until the other writer is done"))
    }
    try process.input.fileHandleForWriting.close()
    #expect(process.finish().status == 0)
    #expect(try ParleyBinary.run("replay", store).lines.count == 3)
  }

  @Test func anUnknownIdentityIsExitCodeFive() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    for command in [["timeline", store], ["customer", store], ["replay", store, "--stream"]] {
      let run = try ParleyBinary.run(command + ["email:anna@example.com"], input: Data())
      #expect(run.status == 5)
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("email:ana@example.com"), "a near spelling is named")
    }
  }

  @Test(arguments: ["timeline", "customer"])
  func aMomentThatIsNotThereIsAWrongCommandLine(command: String) throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let arguments = [command, store, "email:ana@example.com", "--as-of"]
    let behind = try ParleyBinary.run(arguments + ["3"], input: Data())
    #expect(behind.status == 2)
    #expect(behind.diagnostics == "parley: there is no position 3 yet: the store holds 3 events\n")
    #expect(try ParleyBinary.run(arguments + ["2"], input: Data()).status == 0)
    let before = try ParleyBinary.run(arguments + ["2020-01-01T00:00:00Z"], input: Data())
    #expect(before.status == 2)
    #expect(before.diagnostics == "parley: nothing was recorded by 2020-01-01T00:00:00Z yet\n")
  }

  @Test func anIdentityThatIsNoneIsAWrongCommandLine() throws {
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store)
    let run = try ParleyBinary.run("timeline", store, "ana@example.com")
    #expect(run.status == 2)
    #expect(run.diagnostics.contains("email:ana@example.com"))
  }

  private func files(in directory: String) throws -> [String] {
    let manager = FileManager.default
    return try manager.subpathsOfDirectory(atPath: directory).sorted().map { path in
      let attributes = try manager.attributesOfItem(atPath: directory + "/" + path)
      return "\(path) \(attributes[.size] ?? 0) \(attributes[.modificationDate] ?? "")"
    }
  }

  private func setWritable(_ isWritable: Bool, _ directory: String) throws {
    let manager = FileManager.default
    for path in [""] + (try manager.subpathsOfDirectory(atPath: directory)) {
      let full = directory + "/" + path
      let type = try manager.attributesOfItem(atPath: full)[.type] as? FileAttributeType
      let mode = (type == .typeDirectory ? 0o500 : 0o400) | (isWritable ? 0o200 : 0)
      try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
    }
  }
}
