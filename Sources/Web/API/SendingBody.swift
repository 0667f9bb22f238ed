import Desk
import Negotiation
import Secrets

/// When a mailbox sends and how much, as the API takes and shows it.
enum SendingBody {
    private static let window = BodyShape([
        .required("days", .manyOf(Weekday.allCases.map { "\($0)" })),
        .required("from", .text, "A time of the day such as 08:00."),
        .required("until", .text, "A later one; 24:00 is the end of the day."),
        .required("time_zone", .text, "By its name in the time zone database, such as Europe/Berlin."),
    ])

    static let shape = BodyShape([
        .optional("window", .object(window), "Outside of it nothing leaves; at any time if left out."),
        .optional("per_hour", .whole, "The most emails within any 60 minutes."),
        .optional("per_day", .whole, "The most emails within any 24 hours."),
    ])

    /// What a body says of it; `nil` where it says nothing.
    static func draft(in body: ReadBody) throws(Problem) -> SendingRulesDraft? {
        guard let sending = try body.object("sending", as: shape) else { return nil }
        var draft = SendingRulesDraft(perHour: sending.whole("per_hour"), perDay: sending.whole("per_day"))
        if let window = try sending.object("window", as: window) {
            draft.window = SendingRulesDraft.WindowDraft(
                days: try window.needed("days", window.texts("days")),
                opens: try window.needed("from", window.text("from")),
                closes: try window.needed("until", window.text("until")),
                zone: try window.needed("time_zone", window.text("time_zone")))
        }
        return draft
    }

    static let schema = Schema.object(
        [
            (
                "window",
                Schema.object(
                    [("days", .list(of: .text)), ("from", .text), ("until", .text), ("time_zone", .text)],
                    required: ["days", "from", "until", "time_zone"]
                ).orNull
            ), ("per_hour", Schema.whole.orNull), ("per_day", Schema.whole.orNull),
        ], required: ["window", "per_hour", "per_day"])

    static func json(_ rules: SendingRules) -> StrictJSON {
        func number(_ value: Int?) -> StrictJSON { value.map { .number("\($0)") } ?? .null }
        return .object(of: [
            ("window", rules.window.map(json) ?? .null), ("per_hour", number(rules.perHour)),
            ("per_day", number(rules.perDay)),
        ])
    }

    private static func json(_ window: SendingWindow) -> StrictJSON {
        .object(of: [
            ("days", .array(window.dayNames.map { .string($0) })), ("from", .string("\(window.opens)")),
            ("until", .string("\(window.closes)")), ("time_zone", .string(window.zone)),
        ])
    }
}
