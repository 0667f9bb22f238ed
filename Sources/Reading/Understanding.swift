/// Everything Parley understands of one message.
public struct Understanding: Equatable, Sendable {
    public let kind: Kind
    /// What the sender newly wrote.
    public let replyText: ReplyText
    /// Where mail was not delivered; only for a bounce.
    public let bounce: Bounce?
    /// Prices the sender proposes, with their places in the reply text. Empty unless a person wrote.
    public let offers: [ReadOffer]
    public let intent: Intent

    /// Reads a message. Total and pure: the same message always gives the same answer.
    public init(of message: Message) {
        kind = Kind(of: message)
        replyText = ReplyText(of: message)
        bounce = kind == .bounce ? Bounce(of: message) : nil
        let written = kind == .reply || kind == .other
        offers = written ? OfferReader.offers(in: replyText.text) : []
        intent = written ? Intent(of: replyText.text, offers: offers) : .other
    }
}
