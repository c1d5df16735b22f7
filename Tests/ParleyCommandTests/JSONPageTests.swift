import Foundation
import Testing

/// Holds `Schemas/json-lines.md`, and the JSON of all commands, to what they promise.
@Suite struct JSONPageTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Codes of errors that no receipt can have: of opening and creating a store, of links, of conditions and blobs,
  /// none of which a line asks for.
  static let otherwhere: Set<String> = [
    "no_store", "directory_not_empty", "newer_format", "wrong_key", "already_open", "invalid_options",
    "unknown_normalization", "partly_known", "blob",
  ]

  @Test func everyCodeThatAReceiptCanHaveStandsInThePage() throws {
    let page = try text("Schemas/json-lines.md")
    let codes = try [
      "Sources/Parley/StoreError.swift", "Sources/ParleyEvents/EventError.swift",
      "Sources/ParleyEvents/EventError+Events.swift",
    ].flatMap { try text($0).matches(of: /= Self\(rawValue: "([a-z_]+)"\)/).map { String($0.1) } }
    #expect(codes.count > 40, "the sources say them otherwise now")
    for code in codes + ["batch_refused"] {
      #expect(page.contains("`\(code)`") != Self.otherwhere.contains(code), "\(code)")
    }
  }

  @Test func noMemberOfACommandsJSONHasAnUnderscore() throws {
    let scratch = try Scratch()
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    let (ana, phone) = ("email:ana@example.com", "phone:+493012345678")
    let receipts = try ParleyBinary.run(
      "append", store, input: chatLine(1) + chatLine(2, from: phone) + "{}\n")
    for second in [phone, "email:noreply@shop.example", "email:anna@example.com"] {
      _ = try ParleyBinary.run("link", store, ana, second, "--evidence", "x", "--by", "agent:kim")
    }
    _ = try ParleyBinary.run("unlink", store, ana, "email:anna@example.com", "--reason", "x")
    let report = scratch.path("report")
    _ = try ParleyBinary.run("import", "eml", store, try scratch.write("empty.eml", ""), "--report", report)
    var lines =
      receipts.lines
      + (try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n").map(String.init))
    for arguments in [
      ["customer", store, ana, "--format", "json"], ["stats", store, "--format", "json"],
      ["show", store, "2", "--format", "json"], ["find", store, "order", "--format", "jsonl"],
      ["replay", store], ["replay", store, "--envelopes"],
    ] {
      let run = try ParleyBinary.run(arguments, input: Data())
      #expect(run.status == 0)
      lines += run.lines
    }
    // A blob that nobody can read is a finding.
    try Data().write(to: URL(fileURLWithPath: "\(store)/segments/junk"))
    lines += try ParleyBinary.run("verify", store, "--format", "jsonl").lines
    for line in lines {
      let names = Self.names(in: try JSONSerialization.jsonObject(with: Data(line.utf8)))
      #expect(!names.contains { $0.contains("_") }, "\(line)")
    }
  }

  @Test func theGroundOfARefusalIsACodeLikeTheOthers() throws {
    let scratch = try Scratch()
    let store = scratch.path("store")
    _ = try ParleyBinary.run("init", store, "--quiet")
    _ = try ParleyBinary.run("append", store, input: chatLine(1))
    let pair = ["email:ana@example.com", "email:noreply@shop.example"]
    _ = try ParleyBinary.run(
      ["link", store] + pair + ["--evidence", "x", "--by", "agent:kim"], input: Data())
    let customer = try ParleyBinary.run("customer", store, pair[0], "--format", "json")
    #expect(customer.output.contains(#""ground":"blocked_value""#), "\(customer.output)")
  }

  /// All members' names, but for those of counts by channel and kind, which are codes.
  private static func names(in value: Any) -> [String] {
    if let values = value as? [Any] { return values.flatMap(names) }
    guard let members = value as? [String: Any] else { return [] }
    return members.flatMap { name, value in
      ["channels", "kinds"].contains(name) ? [name] : [name] + names(in: value)
    }
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
  }
}
