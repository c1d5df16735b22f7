import Foundation
import Testing

/// What the README shows of the command is what the command does.
@Suite struct ReadmeTranscriptTests {
  /// A command as typed, and what it wrote.
  struct Step {
    var command: String
    var output = ""
  }

  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func everyCommandOfTheReadmeGivesTheOutputThatStandsThere() throws {
    let scratch = try Scratch()
    let data = Self.package.appendingPathComponent("Tools/demo-data")
    for name in try FileManager.default.contentsOfDirectory(atPath: data.path) {
      try FileManager.default.copyItem(
        at: data.appendingPathComponent(name), to: scratch.url.appendingPathComponent(name))
    }
    let steps = try Self.steps()
    #expect(steps.count >= 6)
    for step in steps {
      let run = try Shell.run(
        "PATH=${parley%/*}:$PATH; cd $1 && { \(step.command); } 2>&1", [scratch.url.path])
      #expect(run.output == step.output, "\(step.command)")
    }
  }

  private static func steps() throws -> [Step] {
    let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(readme.components(separatedBy: "```console\n").dropFirst().first)
    var steps: [Step] = []
    for line in block.components(separatedBy: "```")[0].split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .dropLast() {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if !steps.isEmpty {
        steps[steps.count - 1].output += line + "\n"
      }
    }
    return steps
  }
}
