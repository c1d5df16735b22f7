import Foundation
import ParleyImport

/// The real mails that lie beside the package on a developer's machine; they are no part of it.
enum Collection {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/email").path
  static var isThere: Bool { FileManager.default.fileExists(atPath: root) }
  static let absent = "no collection of real mail at ../shared/data/email"

  /// Endings of files that say what other parsers made of a mail.
  static let expectations = ["json", "xml", "out", "bin", "golden"]

  static func files(_ folder: String) -> [String] {
    var walk = FileWalk([root + "/" + folder], depthMax: 64)
    var paths: [String] = []
    while let found = walk.next() {
      guard case .file(let found, _, _) = found else { continue }
      let path = found.description
      let ending = path.split(separator: "/").last?.split(separator: ".").last.map(String.init) ?? ""
      if !expectations.contains(ending) { paths.append(path) }
    }
    return paths
  }
}

/// A text as JSON.
func json(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\" + String(scalar)
    case "\n": result += "\\n"
    default:
      if scalar.value < 0x20 {
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
