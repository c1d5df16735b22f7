import ParleyEnvelope

@testable import ParleyLog

// An input is the number of records (u16) and the plain bytes.

func envelopeBlockSeeds(_ golden: Golden) -> [[UInt8]] {
  let records = SealedRecords(golden, count: 57)
  return [0..<1, 0..<9, 0..<57].map { short($0.count) + records.envelopes($0) }
}

/// An envelope block: what decodes is encoded again to what decodes to the same slots.
func runEnvelopeBlock(_ recipe: Recipe, _ input: [UInt8], _ golden: Golden) {
  guard input.count >= 2 else { return }
  let count = Int(input.integer(0, as: UInt16.self))
  // A segment may begin near the last position that there can be.
  let base = recipe.contains(.chain) ? Position.reachableMax : .start
  let plain = Array(input.dropFirst(2))
  guard let block = plain.withBytes({ EnvelopeSlots($0, count: count, base: base) }) else { return }
  expect(block.count == count && block.locals.count == count, "not as many records as were asked for")
  let slots = allSlots(of: block)
  let again = slots.withBytes { EnvelopeBlock.encoded($0, locals: block.locals[...], base: base) }
  guard let again else { fatalError("slots that are unsound") }
  guard let back = again.withBytes({ EnvelopeSlots($0, count: count, base: base) }) else {
    fatalError("what was encoded again does not decode")
  }
  expect(back.locals == block.locals, "what was encoded again has other positions")
  expect(allSlots(of: back) == slots, "what was encoded again decodes to other slots")
}

private func allSlots(of block: EnvelopeSlots) -> [UInt8] {
  var slots: [UInt8] = []
  for index in 0..<block.count {
    let slot = block.slot(at: index)
    let header = slot.withBytes { RecordSlotHeader($0, at: 0) }
    let keys = slot.withBytes { EnvelopeLayout.loadKeys(from: $0, at: RecordSlot.envelope) }
    expect(header?.contentCount == 0, "a slot of no form")
    expect(keys.stream == block.stream(at: index) && keys.event == block.event(at: index), "other keys")
    if let found = block.index(of: Int(block.locals[index])) {
      expect(found <= index && block.locals[found] == block.locals[index], "another position")
    } else {
      fatalError("a record is not found by its position")
    }
    slots += slot
  }
  return slots
}
