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
    // Texts that don't compress, three commits of them: the disks below have room for two.
    var generator = SystemRandomNumberGenerator()
    let chat = (1...600).map { number in
      chatLine(number, text: (0..<1_600).map { _ in String(generator.next(), radix: 36) }.joined())
    }
    lines = try scratch.write("chat.jsonl", chat.joined())
  }

  @Test func aFileThatMayNotGrowIsAFullDiskAndRunningAgainCompletesIt() throws {
    _ = try ParleyBinary.run("init", store, "--quiet")
    let run = try Shell.run("trap '' XFSZ; ulimit -f 20480; exec $parley append $1 $2", [store, lines])
    try check(run)
    let stored = run.lines.filter { $0.contains(#""stored""#) }.count
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count >= stored)
    #expect(try ParleyBinary.run("verify", store).status < 4)
    let again = try ParleyBinary.run("append", store, lines)
    #expect(again.status == 0)
    #expect(try ParleyBinary.run("replay", store, "--kind", "message.sent").lines.count == 600)
    #expect(try ParleyBinary.run("verify", store).status == 0)
  }

  @Test(.enabled(if: Shell.canMount, "this machine lets nobody mount"))
  func aFullDiskStopsTheWriterAndLosesNothingThatWasAcknowledged() throws {
    let mount = "mkdir -p $1; mount -t tmpfs -o size=10m none $1; $parley init $1/store --quiet; "
    let full = mount + "$parley append $1/store $2; code=$?; "
    try check(try Shell.runWithMounts(full + "exit $code", [scratch.path("disk"), lines]))
    let after = try Shell.runWithMounts(
      full + "$parley replay $1/store --kind message.sent > $3; $parley verify $1/store >&2",
      [scratch.path("disk"), lines, scratch.path("replayed")])
    let stored = after.lines.filter { $0.contains(#""stored""#) }.count
    let replayed = try String(contentsOfFile: scratch.path("replayed"), encoding: .utf8)
    #expect(stored > 0)
    #expect(replayed.split(separator: "\n").count >= stored)
    let completed = try Shell.runWithMounts(
      full + "mount -o remount,size=40m $1; $parley append $1/store $2 --quiet >/dev/null; "
        + "$parley replay $1/store --kind message.sent | wc -l", [scratch.path("disk"), lines])
    #expect(completed.lines.last == "600", "\(completed.diagnostics)")
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
    #expect(run.lines.first?.contains(#""status":"stored""#) == true)
    #expect(run.lines.last?.contains(#""status":"rejected","error":"disk_full""#) == true)
    #expect(run.diagnostics.contains("the disk is full"))
    #expect(run.diagnostics.contains("nothing is stored twice"))
  }
}
