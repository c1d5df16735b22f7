import Foundation
import Testing

/// What a run of the command came to.
struct Run {
  var status: Int32
  var output: String
  var diagnostics: String

  /// Standard output, line by line.
  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs the `parley` that was built beside the tests.
enum ParleyBinary {
  /// The test bundle lies in the directory of the products.
  static let url = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("parley")

  /// Runs the command to its end and takes what it wrote.
  static func run(_ arguments: String..., input: String = "") throws -> Run {
    try run(arguments, input: Data(input.utf8))
  }

  /// Runs the command to its end and takes what it wrote.
  static func run(_ arguments: [String], input: Data) throws -> Run {
    let process = try start(arguments)
    let feeder = Thread { [pipe = process.input] in
      try? pipe.fileHandleForWriting.write(contentsOf: input)
      try? pipe.fileHandleForWriting.close()
    }
    feeder.start()
    return process.finish()
  }

  /// Starts the command and leaves its standard input open.
  static func start(_ arguments: [String]) throws -> RunningParley { try RunningParley(arguments) }
}

/// A `parley` that runs, with its three pipes.
final class RunningParley {
  let process = Process()
  let input = Pipe()
  let output = Pipe()
  // A file, so that a chatty command never waits for somebody to read its diagnostics.
  private let diagnostics = temporaryURL()

  /// Starts the command, or another program.
  init(_ arguments: [String], of program: URL = ParleyBinary.url) throws {
    // A child that ended early must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    _ = FileManager.default.createFile(atPath: diagnostics.path, contents: nil)
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: diagnostics)
    try process.run()
  }

  /// Hands the command some input.
  func send(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// Waits for one line of output.
  func line() -> String {
    var bytes = Data()
    while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
      byte != Data("\n".utf8)
    {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits for the end and takes what was written and not read yet.
  func finish() -> Run {
    let written = (try? output.fileHandleForReading.readToEnd()) ?? nil
    process.waitUntilExit()
    let said = (try? Data(contentsOf: diagnostics)) ?? Data()
    try? FileManager.default.removeItem(at: diagnostics)
    return Run(
      status: process.terminationStatus, output: String(decoding: written ?? Data(), as: UTF8.self),
      diagnostics: String(decoding: said, as: UTF8.self))
  }
}

/// A path in the temporary directory that nothing has yet.
func temporaryURL() -> URL {
  FileManager.default.temporaryDirectory.appendingPathComponent("parley-\(UUID().uuidString)")
}

/// A directory that is removed with the value.
final class Scratch {
  let url = temporaryURL()

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a name in it.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
