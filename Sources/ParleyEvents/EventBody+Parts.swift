import ParleyEnvelope
import ParleySchemas
import SwiftProtobuf

// The content of the kinds that have parts: messages, edits, posts and notes; and what lies outside the log.

extension Event.Body {
  /// The content parts; none, and not to be set, for a kind that has no parts.
  var parts: [ContentPart] {
    get {
      switch self {
      case .messageSent(let message): message.parts
      case .messageEdited(let edit): edit.parts
      case .socialPosted(let post): post.parts
      case .noteAdded(let note): note.parts
      default: []
      }
    }
    set {
      switch self {
      case .messageSent(var message):
        message.parts = newValue
        self = .messageSent(message)
      case .messageEdited(var edit):
        edit.parts = newValue
        self = .messageEdited(edit)
      case .socialPosted(var post):
        post.parts = newValue
        self = .socialPosted(post)
      case .noteAdded(var note):
        note.parts = newValue
        self = .noteAdded(note)
      default: break
      }
    }
  }
}

extension Event.Body {
  /// A body that says one plain text; nil for a kind that has no parts.
  init?(_ kind: EventKind, text: String) {
    switch kind {
    case .messageSent: self = .messageSent(MessageSent(text: text))
    case .messageEdited: self = .messageEdited(.with { $0.parts = [.plain(text)] })
    case .socialPosted: self = .socialPosted(.with { $0.parts = [.plain(text)] })
    case .noteAdded: self = .noteAdded(.with { $0.parts = [.plain(text)] })
    default: return nil
    }
  }

  /// The text, when the body says nothing but one plain text.
  var onlyText: String? {
    let parts = parts
    guard parts.count == 1, !parts[0].text.isEmpty, self == Event.Body(kind, text: parts[0].text) else {
      return nil
    }
    return parts[0].text
  }
}

extension Event.Body {
  /// What it names of the bytes outside the log: of its parts, of the message as it came, of a file.
  package var blobs: [BlobReference] {
    var blobs = parts.filter(\.hasBlob).map(\.blob)
    switch self {
    case .messageSent(let message) where message.hasRaw: blobs.append(message.raw)
    case .mediaStored(let media) where media.hasBlob: blobs.append(media.blob)
    default: break
    }
    return blobs
  }
}
