import Foundation

/// Bytes as base64 (RFC 4648 §4).
func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// Bytes from base64; nil for anything else.
func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
