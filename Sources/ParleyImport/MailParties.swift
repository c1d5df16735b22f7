import ParleyEnvelope
import ParleyEvents

/// Who a mail is from and to, seen from us.
struct MailParties {
  var sender: Party
  var senderName: String
  /// To, Cc and Bcc in this order, each address once.
  var recipients: [Recipient] = []
  var direction = Direction.inbound
  /// The identity it is recorded under.
  var customer: Identity
  /// Everybody, for the body: also those who are no recipients, and addresses that are none.
  var participants: [Participant] = []
  /// Whether no usable sender was found.
  var isAnonymous = false
  /// The first of our addresses in it.
  var touchpoint: Touchpoint?

  /// Bytes of one display name kept.
  static let nameBytesMax = 256
  /// Bytes of all addresses and names together kept in the event.
  static let participantBytesMax = 128 << 10

  /// The parties of a mail. The sender is From, else Sender, else the envelope's; a mail without any stands under
  /// a contact of its own, to be linked by a person.
  init(_ mail: Mail, ours: OurAddresses, envelopeSender: String?, thread: String, nativeID: String) {
    let envelope = [mail.returnPath, envelopeSender].compactMap(\.self).map { MailAddress(address: $0) }
    let found = Self.sender(among: mail.from + mail.sender + envelope)
    isAnonymous = found == nil
    senderName = (found?.name ?? mail.from.first?.name ?? "").cut(toUTF8: Self.nameBytesMax)
    let identity = found?.identity ?? Identity(contactOf: nativeID)
    let isOurs = ours.contains(identity)
    sender = isOurs ? .ours(identity) : .identity(identity)
    customer = identity
    participants = [Participant(sender, as: .from, name: senderName)]
    addRecipients(of: mail, ours: ours)
    addOthers(of: mail, ours: ours)
    touchpoint = Self.touchpoint(isOurs ? [sender] : recipients.map(\.party))
    if isOurs { decideOutward(thread: thread) }
  }

  /// From us: to the first customer among the recipients. To nobody but us it is internal, and stands under a
  /// contact of its thread: an importer cannot know the conversation's customer.
  private mutating func decideOutward(thread: String) {
    if let first = recipients.lazy.compactMap(\.party.customer).first {
      direction = .outbound
      customer = first
    } else {
      direction = recipients.isEmpty ? .outbound : .internal
      customer = Identity(contactOf: thread)
    }
  }

  private mutating func addRecipients(of mail: Mail, ours: OurAddresses) {
    let fields: [([MailAddress], Participant.Role)] = [(mail.to, .to), (mail.cc, .cc), (mail.bcc, .bcc)]
    var seen: Set<Identity> = []
    for (addresses, role) in fields {
      for address in addresses {
        let name = address.name.cut(toUTF8: Self.nameBytesMax)
        guard let identity = Self.identity(address) else {
          addStated(address, as: role)
          continue
        }
        guard seen.insert(identity).inserted, recipients.count < NewEvent.recipientsMax, hasRoom else {
          continue
        }
        let party: Party = ours.contains(identity) ? .ours(identity) : .identity(identity)
        recipients.append(Recipient(party, as: role, name: name))
        participants.append(Participant(party, as: role, name: name))
      }
    }
  }

  /// Where answers go, and who sent it for whom: facts for a reader, nobody's streams.
  private mutating func addOthers(of mail: Mail, ours: OurAddresses) {
    for address in mail.replyTo.prefix(16) {
      guard let identity = Self.identity(address), identity != sender.identity, hasRoom else { continue }
      let party: Party = ours.contains(identity) ? .ours(identity) : .identity(identity)
      participants.append(
        Participant(party, as: .replyTo, name: address.name.cut(toUTF8: Self.nameBytesMax)))
    }
  }

  /// An address of which no identity can be made is kept as it stood.
  private mutating func addStated(_ address: MailAddress, as role: Participant.Role) {
    guard !(address.address + address.name).isEmpty, hasRoom else { return }
    var participant = Participant()
    participant.role = role
    participant.name = address.name.cut(toUTF8: Self.nameBytesMax)
    participant.stated = address.address
    participants.append(participant)
  }

  /// Whether the event has room for one more.
  private var hasRoom: Bool {
    mutating get {
      let bytes = participants.last.map {
        $0.name.utf8.count + $0.identity.value.utf8.count + $0.stated.utf8.count
      }
      if participants.count > counted, let bytes {
        spent += bytes + 32
        counted = participants.count
      }
      return spent < Self.participantBytesMax
    }
  }
  private var spent = 0
  private var counted = 0

  /// The first that an identity can be made of.
  private static func sender(among addresses: [MailAddress]) -> (identity: Identity, name: String)? {
    for address in addresses {
      if let identity = identity(address) { return (identity, address.name) }
    }
    return nil
  }

  private static func identity(_ address: MailAddress) -> Identity? { try? Identity.email(address.address) }

  private static func touchpoint(_ parties: [Party]) -> Touchpoint? {
    parties.lazy.compactMap { party in
      if case .ours(let identity) = party { Touchpoint(identity.value) } else { nil }
    }.first
  }
}

extension Party {
  /// The identity, a customer's or ours.
  fileprivate var identity: Identity? {
    switch self {
    case .identity(let identity), .ours(let identity): identity
    case .actor: nil
    }
  }
}

extension Identity {
  /// A contact of its own for a mail or thread without a usable address.
  init(contactOf name: String) {
    let digest = hexString(MailDigest.plain(Array(name.utf8)).prefix(16))
    // Sound: 32 hexadecimal digits are a contact's value in every version of the rules.
    self = try! Identity.contact("email", digest)
  }
}
