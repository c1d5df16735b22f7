import ParleyEnvelope
import ParleyEvents

/// Which item and which conversation a mail is.
///
/// The conversation is named by the thread's first Message-ID: the first of References, else of In-Reply-To, else
/// what a delivery report is about, else the mail's own. That needs nothing but the mail, so it is the same in whatever order and in however many runs
/// the mails of a thread come. The price: a client that cuts References at the front, or gives only In-Reply-To
/// deep in a thread, begins a conversation anew; `continues` can join the two, merging by guess could not be
/// undone. Mail without any of the three fields is threaded by subject and sender, apart from all others.
struct MailThread {
  /// The item's id in its source.
  var nativeID: String
  /// The thread's name in its source.
  var thread: String

  init(_ mail: Mail) {
    let digest = hexString(mail.sourceDigest)
    nativeID = mail.messageID ?? digest
    let answered = mail.references.first ?? mail.inReplyTo.first
    let reported = mail.report.flatMap { $0.originalRoot ?? $0.originalID }
    thread = answered ?? reported ?? mail.messageID ?? ""
    guard thread.isEmpty else { return }
    let subject = Self.bareSubject(mail.subject ?? "")
    let sender = mail.from.first?.address.lowercased() ?? ""
    thread = subject.isEmpty ? digest : "subject:\(sender)/\(subject)".cut(toUTF8: Self.threadBytesMax)
  }

  /// The longest name of a thread.
  static let threadBytesMax = 1_024

  func key(_ options: MailOptions) -> ConversationKey {
    ConversationKey(.email, "email", account: options.account, thread: thread)
  }

  /// A subject in lower case without what replying and forwarding put before it, blanks as one.
  static func bareSubject(_ subject: String) -> String {
    var words = subject.lowercased().split(whereSeparator: \.isWhitespace)
    while let first = words.first, prefixes.contains(first.prefix { $0 != ":" && $0 != "[" }),
      first.hasSuffix(":")
    {
      words.removeFirst()
    }
    return words.joined(separator: " ")
  }

  private static let prefixes: Set<Substring> = [
    "re", "aw", "sv", "antw", "fw", "fwd", "wg", "vs", "tr", "rv", "r", "i",
  ]
}
