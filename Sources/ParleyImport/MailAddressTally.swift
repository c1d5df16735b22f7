package import ParleyEvents

/// Counts in how many mails an address stands: which may be ours though nobody said so, and which that were said to be
/// ours stand in none.
package struct MailAddressTally {
  /// Addresses that are counted, at most: one that stands in most mails is among the first.
  package static let addressesMax = 65_536

  private struct Count: Comparable {
    var mails = 0
    var received = 0

    static func < (one: Count, other: Count) -> Bool {
      (one.mails, one.received) < (other.mails, other.received)
    }
  }

  private var counts: [Identity: Count] = [:]
  private var unmet: [(name: String, ours: OurAddresses)] = []

  /// How many mails were counted.
  package private(set) var mails = 0
  /// Whether anything was said to be ours.
  package let isOursKnown: Bool

  /// A tally of no mail yet.
  package init(_ options: MailOptions) {
    isOursKnown = !(options.ourDomains + options.ourAddresses).isEmpty
    var one = MailOptions(now: options.now)
    for domain in options.ourDomains {
      one.ourDomains = [domain]
      unmet.append((domain, OurAddresses(one)))
    }
    one.ourDomains = []
    for address in options.ourAddresses {
      one.ourAddresses = [address]
      unmet.append((address, OurAddresses(one)))
    }
  }

  /// Counts whom a mail is from and to. An item that was rejected is none.
  package mutating func count(_ item: ImportItem) {
    guard case .accepted(let imported) = item.outcome, let mail = imported.events.first else { return }
    mails += 1
    let recipients = Set(mail.recipients.compactMap(\.party.address))
    for address in recipients.union([mail.from?.address].compactMap(\.self)) {
      unmet.removeAll { $0.ours.contains(address) }
      guard counts[address] != nil || counts.count < Self.addressesMax else { continue }
      counts[address, default: Count()].mails += 1
      if recipients.contains(address) { counts[address]?.received += 1 }
    }
  }

  /// The address that stands in most mails, of several the one that received most; both of two that can't be told
  /// apart so, in order. Nil when there is none, or more than two.
  package var mostFrequent: (addresses: [Identity], mails: Int)? {
    guard let most = counts.values.max() else { return nil }
    let addresses = counts.filter { $0.value == most }.keys.sorted()
    return addresses.count > 2 ? nil : (addresses, most.mails)
  }

  /// The domains and addresses said to be ours that stand in no mail, as they were said.
  package var notMet: [String] { unmet.map(\.name) }
}

extension Party {
  /// The mail address, a customer's or ours.
  fileprivate var address: Identity? {
    switch self {
    case .identity(let identity), .ours(let identity): identity.kind == .email ? identity : nil
    case .actor: nil
    }
  }
}
