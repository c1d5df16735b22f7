import ParleyEnvelope
import ParleyEvents

/// The name that somebody may have meant who gave another one.
enum NearNames {
  /// Bytes of a name for which one is looked for, at most.
  static let bytesMax = 64

  /// A question for the kind: one spelled like it, else the first of its family or with its ending.
  static func kind(_ typed: String) -> String? {
    question(typed, EventKind.named.map(\.name)) { name in
      name.hasPrefix(typed + ".") || name.hasSuffix("." + typed)
        || name.split(separator: ".").last == typed.split(separator: ".").last
    }
  }

  /// A question for the channel: what a timeline calls so, else one spelled like it.
  static func channel(_ typed: String) -> String? {
    question(typed, Array(Channel.names.dropFirst()), first: Channel.shown(as: typed).map(\.name)) { _ in
      false
    }
  }

  /// A question for a name in a line: the code spelled like it, or the member, which is named as it stands there.
  static func question(_ wrong: WrongName) -> String? {
    switch wrong {
    case .code(let typed, let names): return question(typed, names) { _ in false }
    case .member(let typed, let isTaken):
      let found = "found \"\(UnknownMembers.shown(typed))\""
      return NearMember.name(like: typed, isMember: isTaken).map { "\(found), did you mean \($0)?" } ?? found
    }
  }

  private static func question(
    _ typed: String, _ names: [String], first: [String] = [], isAkin: (String) -> Bool
  ) -> String? {
    guard !typed.isEmpty, typed.utf8.count <= bytesMax else { return nil }
    var near = NearSpellings(ofWord: typed.lowercased())
    names.forEach { near.consider($0) }
    return (first + near.best + names.filter(isAkin)).first.map { "did you mean \($0)?" }
  }
}
