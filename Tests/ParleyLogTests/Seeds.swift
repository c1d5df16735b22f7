import Foundation

/// How many seeds a loop runs: as many as stated, or more when PARLEY_SEEDS asks for more models than the 60 of
/// every run (`Tools/soak` does).
func seeds(_ count: Int) -> Int {
  let asked = ProcessInfo.processInfo.environment["PARLEY_SEEDS"].flatMap { Int($0) } ?? 0
  return max(count, count * asked / modelsOfEveryRun)
}

/// Seeds of the model test when nobody asks for more.
let modelsOfEveryRun = 60

/// The first seed: PARLEY_FIRST_SEED, 1 unless stated.
var firstSeed: UInt64 {
  ProcessInfo.processInfo.environment["PARLEY_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
}
