import Foundation
import ParleyEnvelope
import ParleyEvents
import ParleySchemas
import SwiftProtobuf
import Testing

@Suite struct AttachedMailTests {
  /// A message with an attached mail that has another one attached: parts 0 (own), 1 (mail), 2 (its text), 3 (mail in
  /// it), 4 (its text), 5 (own file).
  func timeline(_ own: String, attached: String? = nil) -> Timeline {
    var story = TimelineStory()
    var body = message(own)
    body.parts += [
      file("message/rfc822"), part("The words\nof another."), file("message/rfc822"), part("Deep inside."),
      file("application/pdf"),
    ]
    let mails = [
      AttachedMail(part: 1, from: "Bo <bo@example.org>", subject: "Your \u{202E}order", parts: [2, 3]),
      AttachedMail(part: 3, from: "c@example.org", parts: [4]),
    ]
    body.extensions = [
      .with {
        $0.key = "attached_mails"
        $0.value = attached ?? AttachedMail.extensionValue(mails)
      }
    ]
    story.add(body, channel: .email)
    return story.timeline
  }

  func file(_ mediaType: String) -> ContentPart {
    .with {
      $0.mediaType = mediaType
      $0.blob.digest = Data(repeating: 0xAB, count: 32)
      $0.blob.size = 100
      $0.blob.mediaType = mediaType
    }
  }

  @Test func anAttachedMailIsNamedAndItsTextFolded() {
    let text = timeline("See below.").text(.init(width: 120))
    #expect(
      text.contains(
        "        ⎘ attached mail from Bo <bo@example.org>, subject “Your ‹U+202E›order” … 2 lines\n"))
    #expect(text.contains("          ⎘ attached mail from c@example.org … 1 line\n"))
    #expect(text.contains("        ⎘ attached unnamed (application/pdf, 100 B)\n"))
    #expect(!text.contains("of another"))
    #expect(!text.contains("Deep inside"))
  }

  @Test func whereNothingIsFoldedItsTextStandsBelowItsName() throws {
    let text = timeline("See below.").text(.init(bodyLinesMax: nil))
    let name = try #require(text.range(of: "attached mail from Bo"))
    let words = try #require(text.range(of: "          of another.\n"))
    let inner = try #require(text.range(of: "            Deep inside.\n"))
    #expect(name.upperBound < words.lowerBound && words.upperBound < inner.lowerBound)
    #expect(text.components(separatedBy: "Deep inside.").count == 2)
  }

  @Test func aMessageWithoutWordsOfItsOwnShowsThoseOfTheMail() {
    let text = timeline(" \n").text()
    #expect(text.contains("          of another.\n"))
    #expect(text.contains("            Deep inside.\n"))
  }

  @Test func jsonSaysWhichPartEachBelongsTo() {
    let json = String(decoding: timeline("See below.").json(), as: UTF8.self)
    #expect(json.contains(#""mail":{"from":"Bo <bo@example.org>","subject":"Your ‮order"}}"#))
    #expect(json.contains(#""text":"The words\nof another.","part_of":1}"#))
    #expect(json.contains(#""mail":{"from":"c@example.org"},"part_of":1}"#))
    #expect(json.contains(#""text":"Deep inside.","part_of":3}"#))
    #expect(json.components(separatedBy: #""part_of""#).count == 4)
  }

  @Test(arguments: [
    "", "1", "[1]", #"[{"part":6,"parts":[]}]"#, #"[{"part":1,"parts":[6]}]"#, #"[{"part":1,"parts":[1]}]"#,
    #"[{"part":3,"parts":[2]}]"#, #"[{"part":1,"parts":[2,2]}]"#, #"[{"part":1,"parts":["2"]}]"#,
    #"[{"part":1,"parts":[2]},{"part":1,"parts":[3]}]"#, #"[{"part":0,"parts":[2]},{"part":1,"parts":[2]}]"#,
    #"[{"part":-1,"parts":[2]}]"#, #"[{"parts":[2]}]"#, #"[{"part":1}]"#,
    #"[{"part":1e0,"parts":[99999999999999999999]}]"#,
  ])
  func whatCannotBeIsNotBelieved(said: String) {
    #expect(timeline("See below.", attached: said).message(0)?.current.attached == [])
  }

  @Test func asManyAsTheLimitAreReadAndOneMoreIsNot() {
    func attached(_ count: Int) -> Int? {
      var story = TimelineStory()
      var body = MessageSent()
      body.parts = Array(repeating: file("message/rfc822"), count: count)
      body.extensions = [
        .with {
          $0.key = AttachedMail.extensionKey
          $0.value = AttachedMail.extensionValue((0..<count).map { AttachedMail(part: $0) })
        }
      ]
      story.add(body)
      return story.timeline.message(0)?.current.attached.count
    }
    #expect(attached(AttachedMail.countMax) == AttachedMail.countMax)
    #expect(attached(AttachedMail.countMax + 1) == 0)
  }

  @Test func mailsAttachedToEachOtherAsDeepAsTheLimitAreShown() {
    var story = TimelineStory()
    var body = message("See below.")
    let count = AttachedMail.countMax
    body.parts += Array(repeating: file("message/rfc822"), count: count)
    body.extensions = [
      .with {
        $0.key = AttachedMail.extensionKey
        $0.value = AttachedMail.extensionValue(
          (1...count).map { AttachedMail(part: $0, parts: $0 < count ? [$0 + 1] : []) })
      }
    ]
    story.add(body)
    let lines = story.timeline.text(.init(width: 40)).split(separator: "\n")
    #expect(lines.count { $0.contains("⎘ attached mail") } == count)
    #expect(lines.allSatisfy { $0.count <= 40 })
  }
}
