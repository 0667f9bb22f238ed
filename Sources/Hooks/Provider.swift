/// Who posts webhooks. The raw values are the names of the API and of `webhook_events.source`.
public enum Provider: String, Sendable, CaseIterable {
    /// Anybody who signs as Standard Webhooks 1.0.0 wants it.
    case custom
    /// SendGrid's Event Webhook.
    case sendgridEvents = "sendgrid_events"
    /// SendGrid's Inbound Parse.
    case sendgridInbound = "sendgrid_inbound"
    /// Mailgun's events and routes.
    case mailgun
    /// Postmark's inbound mail, bounces and other events.
    case postmark
    /// Amazon SES through SNS.
    case ses
    /// Gmail's watch through Pub/Sub push: says only that something changed.
    case gmail
    case stripe
    /// Microsoft Graph's mail notifications.
    case graph

    /// The status that makes the provider forget the delivery. Mailgun and Postmark know exactly 200 as success;
    /// Graph documents 202; the others take any 2xx.
    public var successStatus: Int { self == .graph ? 202 : 200 }

    /// The longest body in bytes that is read. Whoever sends whole mails may send 36 MiB, the others what they need.
    public var maximumBody: Int {
        switch self {
        case .custom, .sendgridInbound, .mailgun, .postmark: 36 << 20
        case .sendgridEvents: 8 << 20
        case .graph: 2 << 20
        case .ses, .stripe: 1 << 20
        case .gmail: 256 << 10
        }
    }

    /// Seconds by which the signed time may differ from the clock; `nil` where no time is signed.
    ///
    /// Standard Webhooks and Stripe sign each attempt anew. SendGrid and Mailgun do not say whether a retry carries
    /// a new time, and retry for a day (SendGrid's inbound mail for three): a narrow window would lose mail, and a
    /// replay within it is caught by the event's id.
    public var tolerance: Int64? {
        switch self {
        case .custom, .stripe: 300
        case .sendgridEvents, .mailgun: 3 * 86_400
        case .sendgridInbound: 5 * 86_400
        case .postmark, .ses, .gmail, .graph: nil
        }
    }
}
