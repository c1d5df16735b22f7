/// Unicode simple case folding (one scalar to one scalar, no locale).
enum SimpleFolding {
  /// The text in Normalization Form C with each scalar folded.
  static func normalize(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return lowercase(text.utf8) }
    var result = String.UnicodeScalarView()
    for scalar in CanonicalComposition.normalize(text).unicodeScalars { result.append(fold(scalar)) }
    // Folding can leave a sequence that composes (U+0345 becomes an iota, which is no longer a mark).
    return CanonicalComposition.normalize(String(result))
  }

  /// ASCII in lower case.
  static func lowercase(_ text: some Sequence<UInt8>) -> String {
    String(decoding: text.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
  }

  private static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      return (0x41...0x5A).contains(scalar.value) ? scalar.moved(by: 0x20) : scalar
    }
    guard case .move(let distance) = NormalizationTables.foldings.action(for: scalar) else { return scalar }
    return scalar.moved(by: distance)
  }
}
