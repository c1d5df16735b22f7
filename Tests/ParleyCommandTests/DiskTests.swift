import Foundation
import Testing

/// Runs shell scripts in which `$parley` is the command that was built beside the tests.
enum Shell {
  /// Runs a script; its arguments are `$1` and so on.
  static func run(_ script: String, _ arguments: [String]) throws -> Run {
    try start("/bin/sh", ["-c", "parley=$0; " + script, ParleyBinary.url.path] + arguments)
  }

  /// Runs a script that may mount and unmount without anybody outside seeing it.
  static func runWithMounts(_ script: String, _ arguments: [String]) throws -> Run {
    try start(
      "/usr/bin/unshare", ["-rm", "/bin/sh", "-c", "parley=$0; " + script, ParleyBinary.url.path] + arguments)
  }

  /// Whether this machine lets the tests mount.
  static let canMount: Bool = {
    let scratch = try? Scratch()
    let run = try? runWithMounts("mount -t tmpfs -o size=1m none $1", [scratch?.url.path ?? ""])
    return run?.status == 0
  }()

  private static func start(_ program: String, _ arguments: [String]) throws -> Run {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      return Run(status: 127, output: "", diagnostics: "\(program) is not there")
    }
    let process = try RunningParley(arguments, of: URL(fileURLWithPath: program))
    try process.input.fileHandleForWriting.close()
    return process.finish()
  }
}

@Suite struct DiskTests {
  let scratch: Scratch
  let store: String
  let lines: String

  init() throws {
    scratch = try Scratch()
    store = scratch.path("store")
    // Texts that don't compress.
    var generator = SystemRandomNumberGenerator()
    let chat = (1...Self.messages).map { number in
      chatLine(number, text: (0..<200).map { _ in String(generator.next(), radix: 36) }.joined())
    }
    lines = try scratch.write("chat.jsonl", chat.joined())
  }

  /// Appends the first half, which finds room, waits for its commit, and appends the rest, which finds none.
  static let append = "{ head -n 100 $2; sleep 2; tail -n +101 $2; } | $parley append $1"
  static let messages = 400

  @Test func aFileThatMayNotGrowIsAFullDiskAndRunningAgainCompletesIt() throws {
    _ = try ParleyBinary.run("init", store, "--quiet")
    try check(try Shell.run("ulimit -f 1200; \(Self.append)", [store, lines]))
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count >= 100)
    #expect(try ParleyBinary.run("verify", store).status < 4)
    let again = try ParleyBinary.run("append", store, lines)
    #expect(again.status == 0)
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == Self.messages)
    #expect(try ParleyBinary.run("verify", store).status == 0)
  }

  @Test func aBatchThatFindsNoRoomIsUnknownAsAWhole() throws {
    _ = try ParleyBinary.run("init", store, "--quiet")
    let run = try Shell.run("ulimit -f 300; $parley append $1 $2 --batch", [store, lines])
    #expect(run.status == 3)
    #expect(run.lines.count == Self.messages)
    #expect(run.lines.allSatisfy { $0.contains(#""status":"unknown","error":"disk_full""#) })
    #expect(try ParleyBinary.run("append", store, lines, "--batch").status == 0)
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == Self.messages)
  }

  @Test func mailsThatFindNoRoomAreUnknownAndImportingAgainCompletesIt() throws {
    _ = try ParleyBinary.run("init", store, "--quiet")
    let words = try String(contentsOfFile: lines, encoding: .utf8).split(separator: "\n")
    for number in 1...20 {
      _ = try scratch.write("mail/\(number).eml", mail(number) + words[number...(number + 9)].joined() + "\n")
    }
    let mails = scratch.path("mail")
    let run = try Shell.run("ulimit -f 300; $parley import eml $1 $2", [store, mails])
    #expect(run.status == 3)
    #expect(run.diagnostics.contains("0 rejected; and "), "\(run.diagnostics)")
    #expect(run.diagnostics.contains("importing the same again settles it"))
    let again = try ParleyBinary.run("import", "eml", store, mails)
    #expect(again.status == 0)
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == 20)
  }

  @Test(.enabled(if: Shell.canMount, "this machine lets nobody mount"))
  func aFullDiskStopsTheWriterAndLosesNothingThatWasAcknowledged() throws {
    let script = """
      mkdir -p $3/disk; mount -t tmpfs -o size=600k none $3/disk; set -- $3/disk/store $2 $3
      $parley init $1 --quiet; \(Self.append); code=$?
      $parley replay $1 --kind message.sent >$3/before
      mount -o remount,size=20m $3/disk
      $parley append $1 $2 --quiet >$3/receipts
      $parley replay $1 --kind message.sent >$3/after
      $parley verify $1 >$3/findings --quiet
      exit $code
      """
    try check(try Shell.runWithMounts(script, [store, lines, scratch.url.path]))
    func written(_ name: String) throws -> [Substring] {
      try String(contentsOfFile: scratch.path(name), encoding: .utf8).split(separator: "\n")
    }
    #expect(try written("before").count >= 100)
    #expect(try written("receipts").filter { $0.contains(#""duplicate""#) }.count >= 100)
    #expect(try written("after").count == Self.messages)
    #expect(try written("findings").isEmpty)
  }

  @Test(.enabled(if: Shell.canMount, "this machine lets nobody mount"))
  func aDiskThatIsReadOnlyTakesNothingAndIsReadAllTheSame() throws {
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let path = try scratch.write("mail.eml", mail(1))
    let readOnly = "mount --bind $1 $1; mount -o remount,bind,ro $1; "
    for command in ["append $1 $2", "import eml $1 $3", "link $1 email:a@b.example phone:+1 --evidence x"] {
      let run = try Shell.runWithMounts(readOnly + "$parley " + command, [store, lines, path])
      #expect(run.status == 3, "\(command)")
      #expect(run.output.isEmpty)
      #expect(run.diagnostics.contains("may not be written"), "\(run.diagnostics)")
    }
    for command in [
      "replay $1", "import eml $1 $3 --dry-run", "timeline $1 email:ana@example.com", "verify $1",
    ] {
      let run = try Shell.runWithMounts(readOnly + "$parley " + command, [store, lines, path])
      #expect(run.status == 0, "\(command): \(run.diagnostics)")
    }
    #expect(try ParleyBinary.run("replay", store).lines.count == 3)
  }

  /// That it ended for want of room, and said which line was the first without any.
  private func check(_ run: Run) throws {
    #expect(run.status == 3)
    #expect(run.lines.prefix(100).allSatisfy { $0.contains(#""status":"stored""#) })
    // It was on its way when the disk was full: nobody knows before the store is opened again.
    #expect(run.lines.last?.contains(#""status":"unknown","error":"disk_full""#) == true)
    #expect(run.diagnostics.contains(", 0 rejected, "), "\(run.diagnostics)")
    #expect(run.diagnostics.contains(" unknown\n"), "\(run.diagnostics)")
    #expect(run.diagnostics.contains("the disk is full"))
    #expect(run.diagnostics.contains("nothing is stored twice"))
  }
}
