import ParleyEvents
import Testing

@Suite struct HTMLTextTests {
  @Test func markupBecomesReadableText() {
    let html = """
      <html><head><title>x</title><style>p { color: red }</style></head><body><!-- hidden -->
      <p>Hello&nbsp;<b>Ana</b> &amp; co &#8364;5</p><div>a < b</div>line<br>next</body></html>
      """
    #expect(HTMLText.text(of: html) == "Hello Ana & co €5\n\na < b\nline\nnext")
  }

  @Test(arguments: [
    "address", "article", "aside", "center", "dd", "details", "div", "dt", "fieldset", "figcaption", "footer",
    "form", "header", "li", "main", "nav", "option", "section", "summary", "tr",
  ]) func aBlockBeginsAndEndsALine(name: String) {
    #expect(HTMLText.text(of: "before<\(name)>in</\(name)>after") == "before\nin\nafter")
    #expect(HTMLText.text(of: "<\(name)>one<\(name)>two") == "one\ntwo")
  }

  @Test(arguments: ["blockquote", "dl", "figure", "h1", "h6", "ol", "p", "pre", "ul"])
  func aBlockWithRoomAroundItHasAnEmptyLineAboveAndBelow(name: String) {
    #expect(HTMLText.text(of: "before<\(name)>in</\(name)>after") == "before\n\nin\n\nafter")
  }

  @Test(arguments: ["b", "span", "font", "o:p", "anamethatisfartoolongtomeananythinghere"])
  func whatIsNoBlockPartsNoWords(name: String) {
    #expect(HTMLText.text(of: "be<\(name)>fo</\(name)>re") == "before")
  }

  @Test(arguments: [
    ("a<br>b", "a\nb"), ("a<br><br>b", "a\n\nb"), ("<div>a<br></div><div>b</div>", "a\nb"),
    ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"), ("<br>a<br>", "a"),
  ]) func aBreakIsALineEndAndTwoAreAnEmptyLine(html: String, text: String) {
    #expect(HTMLText.text(of: html) == text)
  }

  @Test(arguments: [
    ("<tr><td>Item</td><td>Price</td></tr><tr><td>Tea</td><td>3</td></tr>", "Item  Price\nTea  3"),
    ("<tr>\n <th>Item</th>\n <th>Price</th>\n</tr>\n<tr><td>Tea<td>3", "Item  Price\nTea  3"),
    ("<tr><td><p>Item</p></td><td><p>Price</p></td></tr>", "Item  Price"),
    ("<tr><td></td><td>Price</td></tr><tr><td>Tea</td><td></td><td>3</td></tr>", "Price\nTea  3"),
    ("Hello<tr><td>1<br>2</td><td>3</td><td>4</td></tr>", "Hello\n1\n2\n3\n4"),
    ("<tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr>", "a  b\nc"),
    ("<tr><td>a</td>b</tr>", "a b"), ("x<td>a</td><td>b</td>", "x\na  b"),
  ]) func rowsAreLinesAndTheirCellsAreApart(html: String, text: String) {
    #expect(HTMLText.text(of: "<table>\(html)</table>") == text)
  }

  @Test func preformattedTextStaysAsItIs() {
    let html = "See<pre>\nif a {\r\n\tb(  1,\r   2)\n}\n</pre>now  then<pre>x"
    #expect(HTMLText.text(of: html) == "See\n\nif a {\n\tb(  1,\n   2)\n}\n\nnow then\n\nx")
  }

  @Test func anImageSaysItsAlternativeText() {
    let html = #"<p>Thank you <img src="cid:1" alt='A &amp;\#n B'>!<img alt="">.</p><img src="x.png">"#
    #expect(HTMLText.text(of: html) == "Thank you A & B!.")
  }

  @Test(arguments: [
    (
      #"<a href="https://pay.example/?a=1&amp;b=2">Pay here</a>."#, "Pay here <https://pay.example/?a=1&b=2>."
    ),
    (#"<a class=x HREF='HTTP://pay.example/'>Pay </a>now"#, "Pay <HTTP://pay.example/> now"),
    ("<a href=https://pay.example>bank.example</a>", "bank.example <https://pay.example>"),
    ("<a href=https://pay.example>http://pay.example</a>", "http://pay.example <https://pay.example>"),
    ("<a href=https://pay.example/>pay.example</a>", "pay.example"),
    ("<a href='https://pay.example/a'> https://pay.example/a </a>", "https://pay.example/a"),
    ("<a href='mailto:Ana@example.com?subject=x'>ana@example.com</a>", "ana@example.com"),
    ("<a href='mailto:ana@example.com'>Ana</a>", "Ana <mailto:ana@example.com>"),
    ("<a href='tel:+493012345'>+49 (30) 123-45</a>", "+49 (30) 123-45"),
    ("<a href='tel:+493012345'>Call us</a>", "Call us <tel:+493012345>"),
    ("see<a href=https://pay.example><img src=x></a>", "see <https://pay.example>"),
    ("<a href=https://pay.example><img src=x alt=Pay></a>", "Pay <https://pay.example>"),
    ("<a href=https://pay.example><p>Pay</p></a>now", "Pay <https://pay.example>\n\nnow"),
    ("<a href=https://a.example>a<a href=https://b.example>b", "a <https://a.example>b <https://b.example>"),
    ("<a href='\n https://pay.\nexample/a b><c '>x</a>", "x <https://pay.example/a%20b%3E%3Cc>"),
  ]) func aLinkSaysWhereItPointsUnlessItsTextDoes(html: String, text: String) {
    #expect(HTMLText.text(of: html) == text)
  }

  @Test(arguments: [
    "data:text/html,x", "javascript:alert(1)", "cid:1", "#top", "/a", "//pay.example", "https://",
    "file:///a", "",
  ]) func aLinkToNowhereAReaderCanGoIsItsText(href: String) {
    #expect(HTMLText.text(of: "<a href=\"\(href)\">Pay</a>") == "Pay")
  }

  @Test(arguments: [
    ("a<b title='>'>c", "ac"), (#"a<b title=">c</b>d"#, "acd"),
    ("a<!-- > -->b<!-->c<!DOCTYPE x>d</>e", "abcde"),
    ("<STYLE>x</p></stylex></style >a", "a"), ("a<3 & b&c; &#x110000; <ü>", "a<3 & b&c; &#x110000; <ü>"),
    ("a<p/>b", "a\n\nb"), ("a<br/>b", "a\nb"), ("a<img =x alt=b>", "ab"),
  ]) func tagsEndWhereTheStandardEndsThem(html: String, text: String) {
    #expect(HTMLText.text(of: html) == text)
  }

  @Test func brokenMarkupEndsSomewhere() {
    for html in [
      "<", "<a", "<!--", "&", "&#;", "&#x110000;", "<style>", "</", "<p", "a<1", "<a ", "<a href", "<a href=",
      "<a href=\"", "<a href=''", "<!-", "<?", "</a", "<style></", "<style></styl", "<pre>\r", "<img alt=&",
    ] {
      #expect(HTMLText.text(of: html).count <= html.count)
    }
  }

  @Test(arguments: [
    "<a href=\"x ", "<!--", "<a href=https://a.example>", "<style></", "<td>", "&", "<pre>", "<b '",
    "</td <a ",
    "<br>", "<title></titl",
  ]) func hostileMarkupTakesTimeInProportion(piece: String) {
    let html = String(repeating: piece, count: 50_000)
    let took = ContinuousClock().measure { #expect(HTMLText.text(of: html).utf8.count <= html.utf8.count) }
    #expect(took < .seconds(10), "\(piece)")
  }
}
