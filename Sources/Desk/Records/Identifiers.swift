import Negotiation

/// Ids of the records that Parley keeps; each its own type.
public typealias OrganizationID = Identifier<Organization>
/// The id of a user.
public typealias UserID = Identifier<User>
/// The id of a vendor.
public typealias VendorID = Identifier<Vendor>
/// The id of a product.
public typealias ProductID = Identifier<Product>
/// The id of a search job, which every product belongs to.
public typealias SearchJobID = Identifier<SearchJob>
/// The id of a negotiation.
public typealias NegotiationID = Identifier<NegotiationRecord>
/// The id of an email to a vendor.
public typealias EmailID = Identifier<EmailRecord>
/// The id of a message in a thread.
public typealias MessageID = Identifier<ThreadMessage>
/// The id of an offer.
public typealias OfferID = Identifier<Offer>
/// The id of a request for approval.
public typealias ApprovalRequestID = Identifier<ApprovalRequest>
/// The id of a decision on a request for approval.
public typealias ApprovalDecisionID = Identifier<ApprovalDecision>
/// The id of the grant that a request ended with.
public typealias ApprovalGrantID = Identifier<ApprovalGrant>
/// The id of an attempt to send an email.
public typealias SendAttemptID = Identifier<SendAttempt>
/// The id of something that arrived.
public typealias ArrivalID = Identifier<Arrival>
/// The id of a job.
public typealias JobID = Identifier<Job>
/// The id of a notification.
public typealias NotificationID = Identifier<UserNotification>
/// The id of a purchase order.
public typealias PurchaseOrderID = Identifier<PurchaseOrder>
/// The id of an API key.
public typealias APIKeyID = Identifier<APIKey>
/// The id of a signed-in session.
public typealias SessionID = Identifier<Session>
/// The id of a mailbox.
public typealias MailboxID = Identifier<Mailbox>
/// The id of an approval policy.
public typealias ApprovalPolicyID = Identifier<NamedPolicy>
/// The id of an address at which a provider delivers webhooks.
public typealias InboundEndpointID = Identifier<InboundEndpoint>
/// The id of an event that a provider delivered.
public typealias InboundEventID = Identifier<InboundEvent>
/// The id of what was stored together, and is worked on together.
public typealias InboundBatchID = Identifier<InboundDelivery>
/// See ``AutomationStop``.
public typealias AutomationStopID = Identifier<AutomationStop>
/// The id of a delegation.
public typealias ApprovalDelegationID = Identifier<ApprovalDelegation>
/// The id of a follow-up that is planned or was.
public typealias FollowUpID = Identifier<PlannedFollowUp>
