import ParleyEvents

extension IdentityRefused.Ground {
  /// Why a link was not made, for people.
  var words: String {
    switch self {
    case .blockedValue: "not a value that tells who somebody is"
    case .tooMany: "the customer would hold too many identities of one kind"
    case .conflict: "each side already holds other values of one kind"
    case .alreadyFollowed: "one of them already belongs to another customer"
    case .separated: "they were separated on purpose"
    case .declined: "an agent declined it"
    case .unspecified, .UNRECOGNIZED: "for a reason this version does not know"
    }
  }

  /// Why a link was not made, for programs: the name that it has in an event's line.
  var code: String {
    switch self {
    case .blockedValue: "blocked_value"
    case .tooMany: "too_many"
    case .conflict: "conflict"
    case .alreadyFollowed: "already_followed"
    case .separated: "separated"
    case .declined: "declined"
    case .unspecified: "unspecified"
    case .UNRECOGNIZED(let number): "code-\(number)"
    }
  }
}
