import Foundation
import Parley

/// The store, with real events.
enum StoreCases {
  static let cases: [Case] = []
}
