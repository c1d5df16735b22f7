import ParleyEvents
import Testing

@Suite struct SearchTextTests {
  @Test(arguments: [
    ("ORDER", "the order"), ("order", "the ORDER"), ("perez", "Ana Pérez"), ("PÉREZ", "ana perez"),
    ("Pe\u{301}rez", "P\u{E9}rez"), ("strasse", "Große Straße"), ("STRASSE", "straße"), ("straße", "STRASSE"),
    ("STRAẞE", "strasse"), ("ｏｒｄｅｒ ４７１１", "Order 4711"), ("4711", "Ｎｏ．４７１１"), ("ΣΊΣΥΦΟΣ", "σισυφος"),
    ("ﬁn", "FIN"), ("a b", "a\u{A0}b"), ("a-b", "A\u{2011}B"), ("istanbul", "İSTANBUL"), ("ё", "Е"),
    ("a b", "a\r\n  b"), ("a\tb", "a b"), ("vertrag", "Ver\u{AD}trag"), ("", "anything"), ("がく", "がく"),
    ("한글", "한글"), ("naive", "naïve"),
  ])
  func textIsFoundHoweverItIsSpelt(wanted: String, text: String) {
    #expect(SearchText(wanted).isFound(in: text))
  }

  @Test(arguments: [
    ("order", "odrer"), ("がく", "かく"), ("é", "f"), ("ss", "s"), ("한", "할"), ("o", "0"), ("ø", "o"),
    ("orders", "order"),
    ("x", ""),
  ])
  func otherTextIsNotFound(wanted: String, text: String) {
    #expect(!SearchText(wanted).isFound(in: text))
  }

  @Test(arguments: [
    ("+49 30 12345678", "call phone:+493012345678 now"), ("+493012345678", "Tel. +49 (30) 1234-5678."),
    ("(030) 123-456", "030123456"), ("030123456", "(030) 12 34 56"), ("030.123.456", "030 / 123 456"),
    ("+49 (0)30 123456", "phone:+4930123456"), ("0049 30 123456", "+49 30 123456"), ("123456", "12-34-56"),
    ("030 123456", "０３０ １２３４５６"), ("030 123 456", "030\u{A0}123\u{2013}456"),
  ])
  func aNumberIsFoundHoweverItIsParted(wanted: String, text: String) {
    #expect(SearchText(wanted).isFound(in: text))
  }

  @Test(arguments: [
    ("12345", "12 345"), ("123456", "123    456"), ("123456", "123a456"), ("123456", "123\n456"),
    ("123456", "12345"),
    ("order 123456", "order 123 456"), ("123456", "123, 456"), ("123457", "12 34 56"),
  ])
  func otherNumbersAreNotFound(wanted: String, text: String) {
    #expect(!SearchText(wanted).isFound(in: text))
  }

  @Test func theFewestDigitsOfAPhoneAndTheMostSeparatorsAreTheLimits() {
    let digits = String(repeating: "7", count: SearchText.phoneDigitsMin)
    func parted(_ digits: String, _ count: Int) -> String {
      digits.dropLast() + String(repeating: " ", count: count) + "7"
    }
    #expect(SearchText(digits).isFound(in: parted(digits, SearchText.separatorsMax)))
    #expect(!SearchText(digits).isFound(in: parted(digits, SearchText.separatorsMax + 1)))
    #expect(!SearchText(String(digits.dropLast())).isFound(in: parted(String(digits.dropLast()), 1)))
  }

  @Test func textIsFoundAmongOtherBytes() {
    let body: [UInt8] = [0x0A, 0xFF, 0xC3] + Array("Pérez".utf8) + [0x80, 0x00, 0xE2, 0x82]
    #expect(SearchText("perez").isFound(in: body))
    #expect(!SearchText("perezx").isFound(in: body))
  }
}
