/// The kind of medium an event came through.
///
/// An open set: a code written by a newer version is kept and passed on.
public struct Channel: EnvelopeCode {
  /// The code as stored; 0 is unspecified.
  public var rawValue: UInt8

  /// A code as stored.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Names in the order of their codes, as written in JSON.
  public static let names = [
    "unspecified",
    "email",
    "chat",
    "messaging",
    "sms",
    "voice",
    "video",
    "social",
    "community",
    "letter",
    "in_person",
    "web_form",
    "system",
    "other",
  ]

  /// E-mail.
  public static let email = Channel(rawValue: 1)
  /// Live chat on a site or in an app.
  public static let chat = Channel(rawValue: 2)
  /// Messaging services such as WhatsApp.
  public static let messaging = Channel(rawValue: 3)
  /// Text messages.
  public static let sms = Channel(rawValue: 4)
  /// Phone calls.
  public static let voice = Channel(rawValue: 5)
  /// Video calls.
  public static let video = Channel(rawValue: 6)
  /// Posts and direct messages on social networks.
  public static let social = Channel(rawValue: 7)
  /// Forums and community pages.
  public static let community = Channel(rawValue: 8)
  /// Paper mail.
  public static let letter = Channel(rawValue: 9)
  /// A meeting or a visit to a shop.
  public static let inPerson = Channel(rawValue: 10)
  /// A form on a site.
  public static let webForm = Channel(rawValue: 11)
  /// A machine's own report.
  public static let system = Channel(rawValue: 12)
  /// None of the others.
  public static let other = Channel(rawValue: 13)
}
