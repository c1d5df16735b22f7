import Dispatch
import Foundation
import Synchronization

/// Runs the benchmarks, each case in a process and a directory of its own, and prints what they came to. Those that take
/// long, `growth` and `sealing-beside`, run only when `--only` asks for them.
///
///     Benchmarks [--directory DIR] [--scale 0.1] [--repeat 3] [--only engine] [--json FILE]
///     Benchmarks --case engine/append-one --directory DIR
///     Benchmarks --export STORE
@main
enum Main {
  static func main() throws {
    let options = Options(Array(CommandLine.arguments.dropFirst()))
    if let store = options.exportedStore {
      try EventExport.run(store: store)
    } else if let name = options.caseName {
      try blocking { try await runOne(name, options) }
    } else {
      try runAll(options)
    }
  }

  /// Runs one case here and writes its measurements as JSON lines.
  private static func runOne(_ name: String, _ options: Options) async throws {
    guard let found = (Case.all + Case.onRequest).first(where: { $0.name == name }) else {
      fail("no case is called \(name)")
    }
    let context = CaseContext(directory: options.directory, scale: options.scale)
    for measurement in try await found.run(context) {
      print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
    }
  }

  /// Runs asynchronous work while the main thread waits. (An asynchronous `main` would end that thread, and
  /// valgrind with it.)
  private static func blocking(_ work: @escaping @Sendable () async throws -> Void) throws {
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    let finished = DispatchSemaphore(value: 0)
    Task {
      do {
        try await work()
        outcome.withLock { $0 = .success(()) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
      finished.signal()
    }
    finished.wait()
    try outcome.withLock { $0 }?.get()
  }

  /// Runs every case in a child, so often as told, in turn, so that a slow minute of the machine meets all alike.
  private static func runAll(_ options: Options) throws {
    var results = Results()
    for round in 1...options.repetitions {
      for found in options.cases {
        FileHandle.standardError.write(Data("round \(round): \(found.name)\n".utf8))
        results.add(try child(found, options))
      }
    }
    print(results.table)
    if let file = options.json {
      try JSONEncoder().encode(results.medians).write(to: URL(fileURLWithPath: file))
    }
  }

  private static func child(_ found: Case, _ options: Options) throws -> [Measurement] {
    let directory = options.directory.appendingPathComponent("parley-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = [
      "--case", found.name, "--directory", directory.path, "--scale", String(options.scale),
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      fail("\(found.name) ended with \(process.terminationStatus)")
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Measurement.self, from: $0)
    }
  }

  static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("benchmarks: \(message)\n".utf8))
    exit(1)
  }
}

extension Options {
  /// The cases that it asks for: those whose names begin so, and without a name those that take no long time.
  fileprivate var cases: [Case] {
    guard let only else { return Case.all }
    return (Case.all + Case.onRequest).filter { $0.name.hasPrefix(only) }
  }
}

/// The command line.
struct Options {
  var directory = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
  var scale = 1.0
  var repetitions = 3
  var only: String?
  var json: String?
  var caseName: String?
  /// A store whose events are to be written as rows.
  var exportedStore: String?

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { Main.fail("\(name) needs a value") }
      switch name {
      case "--directory": directory = URL(fileURLWithPath: value)
      case "--scale": scale = Double(value) ?? 1
      case "--repeat": repetitions = max(1, Int(value) ?? 1)
      case "--only": only = value
      case "--json": json = value
      case "--case": caseName = value
      case "--export": exportedStore = value
      default: Main.fail("unknown option \(name)")
      }
    }
  }
}
