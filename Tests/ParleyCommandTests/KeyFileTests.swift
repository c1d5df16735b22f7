import Foundation
import Testing

@Suite struct KeyFileTests {
  let scratch: Scratch
  let store: String
  let key: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    key = scratch.path("store.key")
    #expect(try ParleyBinary.run("init", store, "--key-file", key).status == 0)
  }

  @Test(arguments: [32, 31, 0]) func aKeyThatIsInItsPlaceIsKeptIfItIsOne(count: Int) throws {
    let (store, copy) = (scratch.path("kept"), scratch.path("copy"))
    try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
    let key = Data((0..<count).map { UInt8($0 + 1) })
    try key.write(to: URL(fileURLWithPath: store + "/key"))
    try key.write(to: URL(fileURLWithPath: copy))
    #expect(try ParleyBinary.run("init", store, "--quiet").status == 0)
    #expect(try ParleyBinary.run("append", store, input: chatLine(1)).status == 0)
    try FileManager.default.removeItem(atPath: store + "/key")
    let run = try ParleyBinary.run("replay", store, "--key-file", copy)
    #expect((run.status == 0) == (count == 32), "\(run.diagnostics)")
  }

  @Test func theKeyIsInItsFileForItsOwnerAloneAndNotInTheStore() throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: key)
    #expect(attributes[.size] as? Int == 32)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(!FileManager.default.fileExists(atPath: store + "/key"))
  }

  @Test func everyCommandTakesIt() throws {
    let ana = "email:ana@example.com"
    let mail = try scratch.write("mail/1.eml", mail(1))
    let runs = [
      ["append", store], ["import", "eml", store, mail], ["find", store, "4711"], ["timeline", store, ana],
      ["customer", store, ana], ["link", store, ana, "phone:+493012345678", "--evidence", "x"],
      ["unlink", store, ana, "phone:+493012345678", "--reason", "x"], ["replay", store],
      ["show", store, "2"],
      ["stats", store], ["verify", store],
    ]
    for arguments in runs {
      let input = Data(arguments[0] == "append" ? chatLine(1).utf8 : "".utf8)
      let run = try ParleyBinary.run(arguments + ["--key-file", key], input: input)
      #expect(run.status == 0, "\(arguments[0]): \(run.diagnostics)")
      let without = try ParleyBinary.run(arguments, input: input)
      #expect(without.status == 3)
      #expect(
        without.diagnostics.contains("the store's key is not in its directory: name it with --key-file"))
      #expect(without.output.isEmpty)
    }
  }

  @Test func aKeyThatIsAnothersOrNoneIsRefusedBeforeAnythingIsRead() throws {
    let cases = [
      ("other", String(repeating: "k", count: 32), "not the one this store was created with"),
      ("short", "abc", "the key has 3 bytes, 32 are expected"),
      ("long", String(repeating: "k", count: 33), "more than 32 bytes, which is what a key has"),
    ]
    for (name, text, message) in cases {
      let file = try scratch.write(name, text)
      let run = try ParleyBinary.run("replay", store, "--key-file", file)
      #expect(run.status == 3)
      #expect(run.diagnostics.contains("\(file): "))
      #expect(run.diagnostics.contains(message))
    }
    let missing = try ParleyBinary.run("replay", store, "--key-file", scratch.path("missing"))
    #expect(missing.status == 3)
    #expect(missing.diagnostics.contains("No such file"))
  }

  @Test func initTakesAKeyThatIsThereAndKeepsItsHandsOffIt() throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: key))
    let copy = scratch.path("copy")
    #expect(try ParleyBinary.run("init", copy, "--key-file", key).status == 0)
    #expect(try ParleyBinary.run("stats", copy, "--key-file", key).status == 0)
    #expect(try ParleyBinary.run("init", copy, "--key-file", key).status == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: key)) == before)
  }

  @Test func noKeyIsLeftOfAStoreThatWasNotMade() throws {
    let run = try ParleyBinary.run("init", store, "--key-file", scratch.path("new.key"))
    #expect(run.status == 3)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("new.key")))
  }
}
