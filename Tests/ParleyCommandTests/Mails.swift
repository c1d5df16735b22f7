/// A mail as a server keeps it, with CRLF left out.
func mail(_ number: Int, from: String = "Ana <ana@example.com>", to: String = "help@shop.example") -> String {
  """
  From: \(from)
  To: \(to)
  Date: Mon, 2 Feb 2026 09:\(number % 60 < 10 ? "0" : "")\(number % 60):00 +0100
  Message-ID: <m\(number)@example.com>
  Subject: Order 4711

  Where is order 4711? (\(number))

  """
}

/// Mails as an mbox file has them.
func mbox(_ numbers: some Sequence<Int>) -> String {
  numbers.map { "From ana@example.com Mon Feb  2 09:00:00 2026\n\(mail($0))\n" }.joined()
}
