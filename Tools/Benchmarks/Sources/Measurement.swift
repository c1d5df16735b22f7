import Foundation

/// What one case of one system came to.
struct Measurement: Codable {
  /// Which system: `engine`, `store`, `SQLite`, `bare sync`.
  var system: String
  /// What was done.
  var work: String
  /// Events, rows or calls a second.
  var perSecond: Double
  /// Microseconds a call took, sorted; the rest is derived.
  var p50 = 0.0
  var p99 = 0.0
  var p999 = 0.0
  /// Bytes on disk an event, where the case says.
  var bytesPerEvent: Double?
  /// The process's largest resident set, in bytes.
  var peakBytes = 0
  /// What its row shows in place of the rest, where the case says.
  var figures: [Figure]?

  /// From the time of each call.
  ///
  /// - Parameters:
  ///   - count: events or rows over all calls.
  ///   - seconds: from the first call's begin to the last one's end.
  ///   - latencies: seconds each call took, in any order.
  init(_ system: String, _ work: String, count: Int, seconds: Double, latencies: [Double] = []) {
    self.system = system
    self.work = work
    perSecond = Double(count) / seconds
    let sorted = latencies.sorted()
    p50 = Self.quantile(sorted, 0.5)
    p99 = Self.quantile(sorted, 0.99)
    p999 = Self.quantile(sorted, 0.999)
    peakBytes = peakResidentBytes()
  }

  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1e6
  }
}

/// A column of a work that has its own.
struct Figure: Codable {
  /// What it is, with its unit.
  var name: String
  var value: Double
  /// Places behind the point.
  var digits: Int

  init(_ name: String, _ value: Double, digits: Int = 0) {
    self.name = name
    self.value = value
    self.digits = digits
  }
}

/// Seconds since some fixed moment.
func now() -> Double {
  Double(DispatchTime.now().uptimeNanoseconds) / 1e9
}

/// Runs a call and adds the seconds it took.
func timed<Value>(_ latencies: inout [Double], _ call: () throws -> Value) rethrows -> Value {
  let began = now()
  defer { latencies.append(now() - began) }
  return try call()
}

/// The process's largest resident set so far. VmHWM, not ru_maxrss: that one is inherited from the parent.
func peakResidentBytes() -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return 0 }
  return (line.split(whereSeparator: { " \t".contains($0) }).compactMap { Int($0) }.first ?? 0) * 1024
}

/// Bytes of all files under a directory.
func directoryBytes(_ directory: URL) -> Int {
  let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.fileSizeKey])
  var total = 0
  while let file = files?.nextObject() as? URL {
    total += (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
  }
  return total
}
