import ParleyEnvelope
import ParleyEvents

extension Mail {
  /// What a delivery report in this mail says, one event for each recipient, in the recipient's stream and the
  /// conversation of the message reported on.
  func deliveryUpdates(reportedBy message: NewEvent, ours: OurAddresses) -> [NewEvent] {
    guard let report, let source = message.source else { return [] }
    return report.outcomes.enumerated().map { index, outcome in
      let recipient = try? Identity.email(outcome.recipient)
      var event = NewEvent(
        body(outcome, of: report, recipient), from: .actor(.system("mail")), at: message.occurredAt)
      event.customer = recipient.flatMap { ours.contains($0) ? nil : $0 } ?? message.customer
      event.conversation = message.conversation
      if let thread = report.originalRoot ?? report.originalID { event.conversation?.thread = thread }
      event.source = source
      event.source?.nativeID = "\(source.nativeID)#delivery-\(index + 1)"
      event.sourceOrder = UInt32(index + 1)
      event.utcOffset = message.utcOffset
      event.precision = message.precision
      event.flags = [.imported, .automated]
      event.touchpoint = message.touchpoint
      return event
    }
  }

  private func body(
    _ outcome: DeliveryReport.Outcome, of report: DeliveryReport, _ recipient: Identity?
  ) -> MessageDeliveryUpdated {
    var body = MessageDeliveryUpdated()
    if let original = report.originalID { body.deliveredMessage = EventReference(nativeID: original) }
    if let recipient { body.recipient = recipient.record }
    body.state = outcome.state.recorded
    body.code = outcome.code.cut(toUTF8: MailContent.nameBytesMax)
    body.diagnostic = outcome.diagnostic.cut(toUTF8: DeliveryReport.diagnosticBytesMax)
    return body
  }
}

extension DeliveryReport {
  /// Bytes of another server's words kept.
  static let diagnosticBytesMax = 2_048
}

extension DeliveryReport.State {
  fileprivate var recorded: MessageDeliveryUpdated.State {
    switch self {
    case .queued: .queued
    case .sent: .sent
    case .delivered: .delivered
    case .read: .read
    case .failed: .failed
    case .bounced: .bounced
    case .expired: .expired
    }
  }
}
