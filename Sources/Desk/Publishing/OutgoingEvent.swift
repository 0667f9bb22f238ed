import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The id of something that happened: `webhook-id` on every attempt to tell it.
public typealias EventID = Identifier<OutgoingEvent>

/// What other systems can be told.
public enum EventType: String, Sendable, CaseIterable {
    case negotiationCreated = "negotiation.created"
    case negotiationStatusChanged = "negotiation.status_changed"
    /// The vendor has written, or somebody for it.
    case negotiationVendorReplied = "negotiation.vendor_replied"
    /// Mail came that belongs to no negotiation for certain.
    case messageUnmatched = "message.unmatched"
    case approvalRequested = "approval.requested"
    /// People have decided: `approved` or `rejected`.
    case approvalDecided = "approval.decided"
    /// A request ended without a decision: `expired` or `voided`.
    case approvalLapsed = "approval.lapsed"
    case emailSent = "email.sent"
    /// The mail server has refused it for good.
    case emailFailed = "email.failed"
    /// Nobody knows whether it was sent; a person has to look.
    case emailUncertain = "email.uncertain"
    case purchaseOrderCreated = "purchase_order.created"
    case purchaseOrderSent = "purchase_order.sent"
}

/// Something that happened, as other systems are told of it: ids and states. Prices, texts and addresses stay here; who
/// is told and wants more asks the API, which knows what they may see.
public struct OutgoingEvent: Hashable, Sendable {
    public let id: EventID
    public let type: String
    public let at: Instant
    public let facts: [String: Fact]

    /// One member of `data`.
    public enum Fact: Hashable, Sendable {
        case text(String)
        case truth(Bool)
        case none
    }

    /// What a trial is called, which nobody subscribes to.
    public static let testType = "webhook.test"

    public init(id: EventID, type: String, at: Instant, facts: [String: Fact]) {
        self.id = id
        self.type = type
        self.at = at
        self.facts = facts
    }

    /// The JSON that is posted: `{"data":{…},"timestamp":…,"type":…}`.
    public func payload() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(
            decoding: try encoder.encode(Payload(type: type, timestamp: "\(at)", data: facts)), as: UTF8.self)
    }

    private struct Payload: Encodable {
        let type: String
        let timestamp: String
        let data: [String: Fact]
    }
}

extension OutgoingEvent.Fact: Encodable {
    /// As JSON has it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .truth(let truth): try container.encode(truth)
        case .none: try container.encodeNil()
        }
    }
}

extension OutgoingEvent.Fact {
    /// An id, or nothing.
    static func id<Record>(_ id: Identifier<Record>?) -> Self { id.map { .text("\($0)") } ?? .none }
}
