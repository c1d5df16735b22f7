import ParleyEvents
import ParleyImport

/// What an import came to, for people: what was rejected and why, the dates not believed, the sums.
struct ImportSummary {
  /// Places listed by name, at most, for rejections and for dates; the report file has them all.
  static let listedMax = 100

  private let report: ImportReport
  private let unknown: Int
  private let isDryRun: Bool
  private let reportPath: String?

  /// - Parameter unknown: items of which nobody knows whether they are stored; the report does not count them.
  init(_ report: ImportReport, unknown: Int, isDryRun: Bool, reportPath: String?) {
    self.report = report
    self.unknown = unknown
    self.isDryRun = isDryRun
    self.reportPath = reportPath
  }

  /// The lines, the sums last.
  var lines: [String] { rejections + dates + sums }

  /// What was rejected and why.
  var rejections: [String] {
    let listed = report.rejections.prefix(Self.listedMax)
    return listed.map { "rejected \(VisibleText.line($0.place.description)): \($0.rejection.message)" }
      + rest(report.rejected - listed.count, "rejected")
  }

  private var dates: [String] {
    let found = report.warnings.filter { $0.warning.code == .timeNotBelieved }
    let listed = found.prefix(Self.listedMax)
    let total = report.warningsByCode[.timeNotBelieved] ?? 0
    return listed.map {
      "date not believed in \(VisibleText.line($0.place.description)): \(VisibleText.line($0.warning.message))"
    } + rest(total - listed.count, "with a date not believed")
  }

  private func rest(_ count: Int, _ what: String) -> [String] {
    guard count > 0 else { return [] }
    let where_ = reportPath.map { "listed in \($0)" } ?? "--report FILE lists them"
    return ["and \(grouped(count)) more \(what): \(where_)"]
  }

  private var sums: [String] {
    let accepted = isDryRun ? "would be accepted" : "accepted"
    var line = "\(grouped(report.read)) read: \(grouped(report.stored)) \(accepted), "
    line += "\(grouped(report.duplicate)) duplicate, \(grouped(report.rejected)) rejected"
    if report.reusedIDs > 0 { line += "; \(grouped(report.reusedIDs)) under an id that another item has" }
    if unknown > 0 {
      line += "; and \(grouped(unknown)) of which it is unknown whether they are stored: "
      line += "importing the same again settles it"
    }
    return [line]
  }
}
