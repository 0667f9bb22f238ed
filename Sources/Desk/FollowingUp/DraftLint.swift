import Negotiation

/// Looks through what a machine has written before anybody is asked about it: a person would see these at a glance.
enum DraftLint {
    /// Throws ``DeskError/template(_:_:)`` when a placeholder was left as it is, or when the limit or the target stands
    /// in the text, unless the vendor has been offered that very price.
    static func check(_ text: String, of template: EmailTemplate, in negotiation: NegotiationRecord) throws {
        for mark in ["{{", "}}", "{%", "%}"] where text.contains(mark) {
            throw DeskError.template(template.name, "“\(mark)” stands in the text that would be sent")
        }
        let numbers = Set(numbers(in: text))
        for (name, price) in [("limit", negotiation.limitPrice), ("target", negotiation.targetPrice)] {
            guard let price, price != negotiation.lastSentPrice, price != negotiation.originalPrice else {
                continue
            }
            if numbers.contains(price) {
                throw DeskError.template(
                    template.name, "the \(name) price stands in the text that would be sent")
            }
        }
    }

    /// Every number in plain digits, with groups of thousands or without.
    private static func numbers(in text: String) -> [Amount] {
        text.split { !($0.isASCII && $0.isNumber) && $0 != "." && $0 != "," }.compactMap { word in
            let plain = word.filter { $0 != "," }
            return Amount(plain.hasSuffix(".") ? plain.dropLast() : plain[...])
        }
    }
}
