// Whoever imports Parley has the vocabulary with it: identities, events, timelines, positions.
@_exported public import ParleyEnvelope
@_exported public import ParleyEvents
