import ParleyEvents
import ParleyImport

/// What an import came to, for people: what was rejected and why, the ids given twice, the dates not believed, whose
/// addresses are ours, the sums.
struct ImportSummary {
  /// Places listed by name, at most, for rejections, ids and dates; the report file has them all.
  static let listedMax = 100

  private let report: ImportReport
  private let addresses: MailAddressTally
  private let unknown: Int
  private let isDryRun: Bool
  private let reportPath: String?

  /// - Parameters:
  ///   - addresses: the addresses in the mails.
  ///   - unknown: items of which nobody knows whether they are stored; the report does not count them.
  init(
    _ report: ImportReport, addresses: MailAddressTally, unknown: Int, isDryRun: Bool, reportPath: String?
  ) {
    self.report = report
    self.addresses = addresses
    self.unknown = unknown
    self.isDryRun = isDryRun
    self.reportPath = reportPath
  }

  /// The lines, the sums last.
  var lines: [String] { rejections + reusedIDs + dates + ours + sums }

  /// What was rejected and why.
  var rejections: [String] {
    let listed = report.rejections.prefix(Self.listedMax)
    return listed.map { "rejected \(VisibleText.line($0.place.description)): \($0.rejection.message)" }
      + rest(report.rejected - listed.count, "rejected")
  }

  private var reusedIDs: [String] {
    list(.reusedID, "id of another item in", rest: "under an id that another item has")
  }

  private var dates: [String] {
    list(.timeNotBelieved, "date not believed in", rest: "with a date not believed")
  }

  private func list(_ code: ImportWarning.Code, _ words: String, rest: String) -> [String] {
    let found = report.warnings.filter { $0.warning.code == code }
    let listed = found.prefix(Self.listedMax)
    let total = report.warningsByCode[code] ?? 0
    return listed.map {
      "\(words) \(VisibleText.line($0.place.description)): \(VisibleText.line($0.warning.message))"
    } + self.rest(total - listed.count, rest)
  }

  /// Who was taken for a customer and may be one of us: nothing that is stored can be told so afterwards.
  private var ours: [String] {
    guard addresses.isOursKnown else { return report.stored > 0 ? [nobodyIsOurs] : [] }
    guard addresses.mails > 0 else { return [] }
    return addresses.notMet.map {
      "note: no mail is from or to \(VisibleText.line($0)), which was said to be ours"
    }
  }

  private var nobodyIsOurs: String {
    let note =
      "note: without --our-domain or --our-address every address is taken for a customer's, and importing the "
      + "mails again does not change that"
    guard let likely = addresses.mostFrequent else { return note }
    let names = likely.addresses.map { VisibleText.line($0.value) }.joined(separator: " or ")
    return "\(note); \(names) is in \(grouped(likely.mails)) of "
      + "\(counted(addresses.mails, "mail")) and may be ours"
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
