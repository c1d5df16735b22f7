import Foundation
import SwiftProtobuf

/// The fields that the bodies about two identities have in common.
protocol LinkBody: EventPayload {
  var linkID: Data { get }
  var first: LinkSide { get }
  var hasFirst: Bool { get }
  var second: LinkSide { get }
  var hasSecond: Bool { get }
  var trust: TrustRecord { get }
  var evidence: [LinkEvidence] { get }
  var reason: String { get }
  var validFrom: Google_Protobuf_Timestamp { get }
  var hasValidFrom: Bool { get }
  var validUntil: Google_Protobuf_Timestamp { get }
  var hasValidUntil: Bool { get }
}

extension IdentityLinked: LinkBody {}
extension IdentitySuggested: LinkBody {}
extension IdentityRefused: LinkBody {}
extension IdentitySeparated: LinkBody {}
extension IdentityShared: LinkBody {}
extension IdentityReassigned: LinkBody {}
