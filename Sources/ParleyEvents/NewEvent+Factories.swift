public import ParleyEnvelope
public import ParleySchemas
import SwiftProtobuf

// What call sites read like. Each gives a value whose properties can be set afterwards for what is rarer.

extension NewEvent {
  /// A message from a customer. `id` is the conversation's system's own id of it.
  public static func message(
    _ text: String, from customer: Identity, in conversation: ConversationKey, id: String? = nil,
    at time: Timestamp? = nil
  ) -> NewEvent {
    NewEvent(MessageSent(text: text), from: .identity(customer), in: conversation, id: id, at: time)
  }

  /// A message from one of us to a customer.
  public static func message(
    _ text: String, by actor: Actor, to customer: Identity, in conversation: ConversationKey,
    id: String? = nil,
    at time: Timestamp? = nil
  ) -> NewEvent {
    var event = NewEvent(MessageSent(text: text), from: .actor(actor), in: conversation, id: id, at: time)
    event.customer = customer
    return event
  }

  /// An answer to an appended event: to its customer, in its conversation.
  public static func reply(
    _ text: String, by actor: Actor, to asked: AppendReceipt, at time: Timestamp? = nil
  ) -> NewEvent {
    reply(text, by: actor, to: asked.position, at: time)
  }

  /// An answer to the event at a position: to its customer, in its conversation.
  public static func reply(
    _ text: String, by actor: Actor, to asked: Position, at time: Timestamp? = nil
  ) -> NewEvent {
    var event = NewEvent(MessageSent(text: text), from: .actor(actor), at: time)
    event.inReplyTo = asked
    return event
  }

  /// A note for colleagues.
  public static func note(
    _ text: String, by actor: Actor, in conversation: ConversationKey, at time: Timestamp? = nil
  ) -> NewEvent {
    NewEvent(NoteAdded.with { $0.parts = [.plain(text)] }, from: .actor(actor), in: conversation, at: time)
  }

  /// A note for colleagues about a customer, outside any conversation.
  public static func note(
    _ text: String, by actor: Actor, about customer: Identity, at time: Timestamp? = nil
  ) -> NewEvent {
    var event = NewEvent(NoteAdded.with { $0.parts = [.plain(text)] }, from: .actor(actor), at: time)
    event.customer = customer
    return event
  }

  /// A public post by a customer.
  public static func post(
    _ text: String, from customer: Identity, in conversation: ConversationKey, id: String? = nil,
    at time: Timestamp? = nil, url: String = ""
  ) -> NewEvent {
    let post = SocialPosted.with {
      $0.parts = [.plain(text)]
      $0.url = url
    }
    return NewEvent(post, from: .identity(customer), in: conversation, id: id, at: time)
  }

  /// A call from a customer that came in. `call` is the source's id of it.
  public static func callStarted(
    _ call: String, from customer: Identity, in conversation: ConversationKey, at time: Timestamp? = nil,
    queue: String = ""
  ) -> NewEvent {
    let started = CallStarted.with {
      $0.call = call
      $0.queue = queue
    }
    return NewEvent(started, from: .identity(customer), in: conversation, id: call + "/started", at: time)
  }

  /// A call that is over.
  public static func callEnded(
    _ call: String, as disposition: CallEnded.Disposition, in conversation: ConversationKey,
    at time: Timestamp? = nil, talkMilliseconds: UInt64 = 0
  ) -> NewEvent {
    let ended = CallEnded.with {
      $0.call = call
      $0.disposition = disposition
      $0.talkMilliseconds = talkMilliseconds
    }
    return NewEvent(ended, in: conversation, id: call + "/ended", at: time)
  }

  /// A conversation waits for somebody else, or is over.
  public static func status(
    _ status: ConversationStatusChanged.Status, by actor: Actor, in conversation: ConversationKey,
    at time: Timestamp? = nil
  ) -> NewEvent {
    NewEvent(
      ConversationStatusChanged.with { $0.status = status }, from: .actor(actor), in: conversation, at: time)
  }

  /// Something about the customer or the matter is known: `.fact("order_number", "4711", by: kim, in: chat)`.
  public static func fact(
    _ name: String, _ value: String, by actor: Actor, in conversation: ConversationKey,
    at time: Timestamp? = nil
  ) -> NewEvent {
    let fact = WorkFactStated.with {
      $0.factName = name
      $0.factValue = value
    }
    return NewEvent(fact, from: .actor(actor), in: conversation, at: time)
  }

  /// The customer was asked something.
  public static func question(
    _ question: String, by actor: Actor, in conversation: ConversationKey, at time: Timestamp? = nil
  ) -> NewEvent {
    NewEvent(
      WorkQuestionAsked.with { $0.question = question }, from: .actor(actor), in: conversation, at: time)
  }

  /// A step towards a solution was tried.
  public static func attempt(
    _ step: String, _ outcome: WorkAttemptRecorded.Outcome, by actor: Actor, in conversation: ConversationKey,
    at time: Timestamp? = nil
  ) -> NewEvent {
    let attempt = WorkAttemptRecorded.with {
      $0.step = step
      $0.outcome = outcome
    }
    return NewEvent(attempt, from: .actor(actor), in: conversation, at: time)
  }
}

extension MessageSent {
  /// A message of plain text.
  public init(text: String) {
    self.init()
    parts = [.plain(text)]
  }
}

extension ContentPart {
  /// Plain text.
  public static func plain(_ text: String) -> ContentPart { .with { $0.text = text } }

  /// Text of a media type, such as `text/html`.
  public static func text(_ text: String, as mediaType: String) -> ContentPart {
    .with {
      $0.text = text
      $0.mediaType = mediaType
    }
  }

  /// Bytes in the blob store.
  public static func blob(_ blob: BlobReference) -> ContentPart {
    .with {
      $0.mediaType = blob.mediaType
      $0.blob = blob
    }
  }
}
