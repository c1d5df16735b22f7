package import ParleyLog

/// What goes wrong on a simulated disk, and when. Operations are counted from 1.
package struct FaultPlan: Sendable {
  /// One thing that goes wrong.
  package enum Fault: Sendable {
    /// The operation is refused. A write may have been done in part, a failed sync is final for what was pending.
    case error(SystemError)
    /// The power fails before the operation: it and all later ones are refused, until the test calls `crash`.
    case powerLoss
    /// A write lands so many bytes away, and says it succeeded.
    case misdirected(by: Int)
    /// A write, a truncation or a sync does nothing, and says it succeeded.
    case ignored
  }

  /// Faults of single operations.
  package var faults: [Int: Fault] = [:]
  /// The first operation of those that are all refused, and with what.
  package var refusedFrom: (operation: Int, error: SystemError)?
  /// Bytes that all files together may have; a write beyond is done in part and refused with ENOSPC.
  package var capacity: Int?
  /// Interrupts reads and writes, and moves fewer bytes than asked, as often as a system may.
  package var transfers = Transfers.smooth

  package enum Transfers: Sendable {
    case smooth
    case interrupted
  }

  /// Nothing goes wrong.
  package init() {}

  /// One operation is refused.
  package static func failing(at operation: Int, with error: SystemError = .inputOutput) -> FaultPlan {
    FaultPlan(.error(error), at: operation)
  }

  /// One operation and all after it are refused.
  package static func failing(from operation: Int, with error: SystemError = .inputOutput) -> FaultPlan {
    var plan = FaultPlan()
    plan.refusedFrom = (operation, error)
    return plan
  }

  /// The power fails before an operation.
  package static func powerLoss(at operation: Int) -> FaultPlan { FaultPlan(.powerLoss, at: operation) }

  /// The disk has room for so many bytes.
  package static func capacity(_ bytes: Int) -> FaultPlan {
    var plan = FaultPlan()
    plan.capacity = bytes
    return plan
  }

  /// One thing goes wrong at one operation.
  package init(_ fault: Fault, at operation: Int) { faults[operation] = fault }

  func fault(at operation: Int) -> Fault? {
    if let refusedFrom, operation >= refusedFrom.operation { return .error(refusedFrom.error) }
    return faults[operation]
  }
}
