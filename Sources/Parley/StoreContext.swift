import ParleyEvents
import ParleyLog

/// What every part of an open store needs.
struct StoreContext: Sendable {
  let ids: StoreIDs
  let normalization: Normalization
  let uses = FirstUses()
}
