import Foundation
import ParleyLog

// libFuzzer has the `main` of this program and calls these two. The environment says what to do:
//
//     PARLEY_FUZZ_GOLDEN    a store whose files inputs are made from
//     PARLEY_FUZZ_TARGET    the target to run
//     PARLEY_FUZZ_SEEDS     a directory: each target's first inputs are written to one named after it, and that is all

private let environment = ProcessInfo.processInfo.environment
private let golden = Golden(at: environment["PARLEY_FUZZ_GOLDEN"] ?? "Schemas/golden/log-v1-run2")
private let target = Target.all.first { $0.name == environment["PARLEY_FUZZ_TARGET"] }

/// Called once, before any input.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzerInitialize(_ count: UnsafeRawPointer, _ arguments: UnsafeRawPointer) -> Int32 {
  if let directory = environment["PARLEY_FUZZ_SEEDS"] {
    for target in Target.all { writeSeeds(of: target, to: directory) }
    exit(0)
  }
  expect(target != nil, "PARLEY_FUZZ_TARGET names one of \(Target.all.map(\.name))")
  return 0
}

/// Called with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  // Sound: libFuzzer lends `count` bytes for the length of the call, which copies them.
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  if let target, let recipe = bytes.first {
    target.run(Recipe(rawValue: recipe), Array(bytes.dropFirst()), golden)
  }
  return 0
}

private func writeSeeds(of target: Target, to directory: String) {
  let place = URL(fileURLWithPath: directory).appending(path: target.name)
  do {
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for (number, seed) in target.seeds(golden).enumerated() {
      for recipe in [Recipe(), .all] {
        try Data([recipe.rawValue] + seed).write(to: place.appending(path: "\(number)-\(recipe.rawValue)"))
      }
    }
  } catch {
    fatalError("the seeds of \(target.name): \(error)")
  }
}
