import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

// What the fold reads from bodies of any kind.

extension Event.Body {
  /// Who acted, as the body has it.
  var actorFields: (actor: String, name: String) {
    switch self {
    case .messageSent(let body): (body.actor, body.actorName)
    case .unknown: ("", "")
    default: payload.map { ($0.actor, $0.actorName) } ?? ("", "")
    }
  }

  /// The source's time as it stood, when it was not believed.
  var statedAt: String {
    switch self {
    case .messageSent(let body): body.statedAt
    case .unknown: ""
    default: payload?.statedAt ?? ""
    }
  }

  /// Where the event came from.
  var sourceRecord: SourceRecord {
    switch self {
    case .messageSent(let body): body.source
    case .unknown: SourceRecord()
    default: payload?.source ?? SourceRecord()
    }
  }

  /// The participant that the event is from, when the body names one.
  var sender: Participant? {
    switch self {
    case .messageSent(let body): body.participants.first { $0.role == .from }
    case .socialPosted(let body): body.hasAuthor ? body.author : nil
    case .callStarted(let body): body.participants.first { $0.role == .from }
    default: nil
    }
  }

  /// The source's id of the call, for the kinds of a call.
  var callID: String {
    switch self {
    case .callStarted(let body): body.call
    case .callLegChanged(let body): body.call
    case .callTransferred(let body): body.call
    case .callRecordingChanged(let body): body.call
    case .callEnded(let body): body.call
    default: ""
    }
  }
}

extension Google_Protobuf_Timestamp {
  /// The time in microseconds; what is finer is dropped, what is out of range is held to it.
  var shown: Timestamp {
    let held = min(
      max(seconds, Timestamp.earliest.microseconds / 1_000_000), Timestamp.latest.microseconds / 1_000_000)
    return Timestamp(microseconds: held * 1_000_000 + Int64(nanos) / 1000)
  }
}
