import ParleyEvents

extension IdentityRefused.Ground {
  /// Why a link was not made, for people.
  var words: String {
    switch self {
    case .blockedValue: "a value that stands for nobody"
    case .tooMany: "the customer would hold too many identities of one kind"
    case .conflict: "each side already holds other values of one kind"
    case .alreadyFollowed: "one of them already belongs to another customer"
    case .separated: "they were separated on purpose"
    case .declined: "an agent declined it"
    case .unspecified, .UNRECOGNIZED: "for a reason this version does not know"
    }
  }
}
