/// The measurements of all rounds, and their table.
struct Results {
  private var rounds: [String: [Measurement]] = [:]
  /// The keys as they came.
  private var order: [String] = []

  mutating func add(_ measurements: [Measurement]) {
    for measurement in measurements {
      let key = Self.key(measurement)
      if rounds[key] == nil { order.append(key) }
      rounds[key, default: []].append(measurement)
    }
  }

  private static func key(_ measurement: Measurement) -> String {
    "\(measurement.system)|\(measurement.work)"
  }

  /// The middle round of each system and work, by throughput.
  var medians: [Measurement] {
    rounds.values.map { $0.sorted { $0.perSecond < $1.perSecond }[$0.count / 2] }
  }

  /// As Markdown, a section a work, the ratio to SQLite in the same run beside each figure.
  var table: String {
    var lines: [String] = []
    for work in Work.order {
      let found = medians.filter { $0.work == work }.sorted { $0.perSecond > $1.perSecond }
      guard !found.isEmpty else { continue }
      if found.contains(where: { $0.figures != nil }) {
        lines += ["", "### \(work)", ""] + figures(found)
        continue
      }
      let baseline = found.first { $0.system == "SQLite" }?.perSecond
      lines += ["", "### \(work)", ""]
      lines.append("| system | a second | × SQLite | p50 µs | p99 µs | p99.9 µs | bytes an event | peak MB |")
      lines.append("|---|---:|---:|---:|---:|---:|---:|---:|")
      lines += found.map { row($0, baseline: baseline) }
    }
    return lines.dropFirst().joined(separator: "\n")
  }

  /// A table of columns of its own, in the order in which the case has the rows.
  private func figures(_ measurements: [Measurement]) -> [String] {
    let rows = order.compactMap { key in measurements.first { Self.key($0) == key } }
    let names = (rows.first?.figures ?? []).map(\.name)
    return ["| | " + names.joined(separator: " | ") + " |", "|---|" + names.map { _ in "---:|" }.joined()]
      + rows.map { row in
        let cells = (row.figures ?? []).map {
          $0.digits == 0 ? grouped($0.value) : rounded($0.value, digits: $0.digits)
        }
        return "| \(row.system) | " + cells.joined(separator: " | ") + " |"
      }
  }

  private func row(_ measurement: Measurement, baseline: Double?) -> String {
    let cells = [
      measurement.system, grouped(measurement.perSecond),
      baseline.map { rounded(measurement.perSecond / $0, digits: 1) } ?? "",
      latency(measurement.p50), latency(measurement.p99), latency(measurement.p999),
      measurement.bytesPerEvent.map { rounded($0, digits: 1) } ?? "",
      rounded(Double(measurement.peakBytes) / 1e6, digits: 0),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private func latency(_ microseconds: Double) -> String { microseconds == 0 ? "" : grouped(microseconds) }
}

/// A whole number with its thousands set apart.
private func grouped(_ value: Double) -> String {
  var digits = String(Int(value.rounded()))
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return ([digits] + groups).joined(separator: ",")
}

private func rounded(_ value: Double, digits: Int) -> String {
  let scale = digits == 0 ? 1.0 : 10.0
  let scaled = Int((value * scale).rounded())
  return digits == 0 ? String(scaled) : "\(scaled / 10).\(scaled % 10)"
}
