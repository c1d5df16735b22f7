@_exported public import ParleySchemas

// Short names for the messages that several bodies share. `Schemas/parley/v1/common.proto` says what they mean.

/// Where an event came from, as it stands in a body.
public typealias SourceRecord = Parley_V1_Source
/// What a source said and no field takes, as it stands in a body.
public typealias ExtensionRecord = Parley_V1_Extension
/// An identity as it stands in a body.
public typealias IdentityRecord = Parley_V1_Identity
/// How far an identity is established, as it stands in a body.
public typealias TrustRecord = Parley_V1_IdentityTrust.Level
/// A presented identity as it stands in a body.
public typealias PresentedIdentityRecord = Parley_V1_PresentedIdentity
/// A conversation's key as it stands in a body.
public typealias ConversationKeyRecord = Parley_V1_ConversationKey
/// Somebody who takes part.
public typealias Participant = Parley_V1_Participant
/// Content of one media type.
public typealias ContentPart = Parley_V1_Part
/// Bytes kept outside the log, by digest.
public typealias BlobReference = Parley_V1_Blob
/// Another event or item.
public typealias EventReference = Parley_V1_Reference
/// Whom work goes to or comes from.
public typealias Place = Parley_V1_Place
/// A sum in the currency's smallest unit.
public typealias Money = Parley_V1_Money
/// One side of a fact about two identities.
public typealias LinkSide = Parley_V1_LinkSide
/// Why somebody believes that two identities belong together, or apart.
public typealias LinkEvidence = Parley_V1_Evidence
/// What one speaker said without a break.
public typealias Utterance = Parley_V1_Utterance
