import Desk
import Jinja
import Negotiation

/// The form that says when a mailbox sends, and how much.
extension PageCall {
    private static let days = Weekday.allCases.map { "\($0)" }

    /// What the form of a mailbox shows: what was typed where that was wrong, else what holds.
    func sendingFields(of mailbox: Mailbox) -> Value {
        let (rules, window) = (mailbox.sending, mailbox.sending.window)
        let wasTyped = problem != nil && context.parameters.get("id") == "\(mailbox.id)"
        func field(_ name: String, _ known: String?) -> Value {
            Value(wasTyped ? form[name] ?? "" : known ?? "")
        }
        let checks = Self.days.map { day in
            Value([
                ("name", Value(day)), ("label", Value(day.prefix(1).uppercased() + day.dropFirst())),
                (
                    "is_checked",
                    Value(wasTyped ? form["days.\(day)"] != nil : window?.dayNames.contains(day) ?? false)
                ),
            ])
        }
        return Value([
            ("id", Value("\(mailbox.id)")), ("days", Value(checks)),
            ("from", field("from", window?.opens.description)),
            ("until", field("until", window?.closes.description)),
            ("time_zone", field("time_zone", window?.zone)),
            ("per_hour", field("per_hour", rules.perHour.map { "\($0)" })),
            ("per_day", field("per_day", rules.perDay.map { "\($0)" })), ("is_open", Value(wasTyped)),
        ])
    }

    /// What stands before the name of a field that was wrong, where it is one of a mailbox.
    var problemPrefix: String {
        problem?.field?.hasPrefix("sending.") == true ? "\(context.parameters.get("id") ?? "")-" : ""
    }

    /// What was typed. A window is meant where anything of it is filled in.
    func sendingRules() throws(Problem) -> SendingRulesDraft {
        var draft = SendingRulesDraft(perHour: try limit("per_hour"), perDay: try limit("per_day"))
        let days = Self.days.filter { form["days.\($0)"] != nil }
        let (opens, closes, zone) = (form.filled("from"), form.filled("until"), form.filled("time_zone"))
        if !days.isEmpty || opens != nil || closes != nil || zone != nil {
            draft.window = SendingRulesDraft.WindowDraft(
                days: days, opens: opens ?? "", closes: closes ?? "", zone: zone ?? "")
        }
        return draft
    }

    private func limit(_ name: String) throws(Problem) -> Int? {
        guard let text = form.filled(name) else { return nil }
        guard let number = Int(text) else {
            throw .invalid("sending.\(name)", "must be a whole number such as 20")
        }
        return number
    }
}
