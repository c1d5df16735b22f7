import Foundation
import ParleyEnvelope
import ParleyLog

/// The engine alone, with opaque bodies.
enum EngineCases {
  static let cases: [Case] = []
}
