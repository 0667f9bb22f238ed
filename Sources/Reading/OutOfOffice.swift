import Negotiation

/// From when on somebody is back whose machine answered.
///
/// It is read only where it is sure: what names two different days, a day that has passed, one too far ahead, or
/// numbers that could be read either way, says nothing. “Until” a day counts as away on that day too, so that a
/// reminder comes rather a day late than a day early.
public struct OutOfOffice: Hashable, Sendable {
    /// The first day back, on the day of the message at the earliest and ``furthestDays`` later at the latest.
    public let returnDay: CalendarDay
    /// Where it stands.
    public let place: Place
    /// From the telling phrase to the end of the date, in Unicode scalars of ``place``.
    public let span: Range<Int>

    /// The part of the message that says it.
    public enum Place: String, Sendable, CaseIterable { case subject, text }

    /// The furthest return that is believed, in days after the message.
    public static let furthestDays = 180

    /// Reads an automatic answer; `nil` when it does not surely say. Of a longer text its first 4,000 Unicode scalars
    /// are looked at.
    ///
    /// - Parameters:
    ///   - text: What the sender newly wrote, without quoted history.
    ///   - day: The day of the message, for years and weekdays that are left to the reader.
    public init?(subject: String, text: String, sentOn day: CalendarDay) {
        let isAway = [subject, String(text.unicodeScalars.prefix(DateToken.longestText))].contains {
            FoldedText($0).containsAny(of: AbsencePhrases.absences)
        }
        let found = [(Place.text, text), (.subject, subject)].flatMap { place, text in
            AbsenceReader(text, sentOn: day).findings().map { (place: place, finding: $0) }
        }
        let backs = found.filter { $0.finding.meaning == .back }
        let untils = found.filter { $0.finding.meaning == .until && isAway }
        guard let first = backs.first ?? untils.first else { return nil }
        let isUnanimous = (backs.isEmpty ? untils : backs).allSatisfy {
            $0.finding.returnDay == first.finding.returnDay
        }
        // Away until Friday and back on Monday agree; away until Friday and back on Thursday do not.
        guard isUnanimous, untils.allSatisfy({ $0.finding.returnDay <= first.finding.returnDay }) else {
            return nil
        }
        (returnDay, place, span) = (first.finding.returnDay, first.place, first.finding.span)
    }
}

/// Finds what a text says about the end of an absence.
private struct AbsenceReader {
    private let tokens: [DateToken]
    private let dates: WrittenDateReader
    private let today: CalendarDay

    struct Finding {
        let meaning: AbsencePhrases.Meaning
        let returnDay: CalendarDay
        let span: Range<Int>
    }

    init(_ text: String, sentOn day: CalendarDay) {
        tokens = DateToken.tokens(of: text)
        dates = WrittenDateReader(tokens: tokens)
        today = day
    }

    /// Everything that is said; each date is looked at once.
    func findings() -> [Finding] {
        var findings: [Finding] = []
        var index = 0
        while index < tokens.count {
            guard let (finding, end) = afterCue(at: index) ?? range(at: index) ?? beforeCue(at: index) else {
                index += 1
                continue
            }
            finding.map { findings.append($0) }
            index = max(end, index + 1)
        }
        return findings
    }

    /// `until 3 December`, `wieder ab dem 4.12.`
    private func afterCue(at index: Int) -> (Finding?, end: Int)? {
        guard let cue = AbsencePhrases.before.first(where: { $0.phrase.matches(tokens, at: index) }) else {
            return nil
        }
        var next = index + cue.phrase.words.count
        for _ in 0..<8 {
            // Some words for “until” mean “from” in another language; the end of a range is beyond doubt.
            if cue.meaning == .until, let range = range(at: next) { return range }
            if let (date, end) = dates.date(at: next, isExpected: true) {
                let isOther = cue.meaning == .until && isAboutOtherMatters(before: index)
                return (isOther ? nil : finding(cue, date, from: index, to: end), end)
            }
            if let end = dates.endOfTime(at: next) {
                next = end
            } else if next < tokens.count, AbsencePhrases.fillers.contains(tokens[next].text) {
                next += 1
            } else {
                return nil
            }
        }
        return nil
    }

    /// `24 December - 2 January`, `du 1er au 5 décembre`: the second date is the last day away.
    private func range(at index: Int) -> (Finding?, end: Int)? {
        let first = dates.date(at: index)
        var next = first?.end ?? index + 1
        if first == nil {
            guard index < tokens.count, let number = tokens[index].number, (1...31).contains(number) else {
                return nil
            }
            if next < tokens.count, DateNames.ordinals.contains(tokens[next].text) { next += 1 }
        }
        next = afterWeekday(next)
        guard next < tokens.count, AbsencePhrases.rangeSigns.contains(tokens[next].text) else { return nil }
        next += 1
        if next < tokens.count, AbsencePhrases.fillers.contains(tokens[next].text) { next += 1 }
        guard let (date, end) = dates.date(at: next) else { return nil }
        let cue = AbsencePhrases.Cue(phrase: DatePhrase(""), meaning: .until, order: .either)
        return (isAboutOtherMatters(before: index) ? nil : finding(cue, date, from: index, to: end), end)
    }

    /// `12月3日まで`, `Ab dem 4.12. bin ich wieder da`.
    private func beforeCue(at index: Int) -> (Finding?, end: Int)? {
        guard let (date, end) = dates.date(at: index) else { return nil }
        let next = afterWeekday(end)
        guard let cue = AbsencePhrases.after.first(where: { $0.phrase.matches(tokens, at: next) }) else {
            return (nil, end)
        }
        return (finding(cue, date, from: index, to: next + cue.phrase.words.count), end)
    }

    /// Past a weekday in brackets, such as `（木）` or `(Thu)`.
    private func afterWeekday(_ index: Int) -> Int {
        guard index < tokens.count, tokens[index].text == "(" else { return index }
        return (index..<min(index + 6, tokens.count)).first { tokens[$0].text == ")" }.map { $0 + 1 } ?? index
    }

    private func isAboutOtherMatters(before index: Int) -> Bool {
        tokens[max(0, index - 6)..<index].contains { AbsencePhrases.otherMatters.contains($0.text) }
    }

    private func finding(
        _ cue: AbsencePhrases.Cue, _ date: WrittenDate, from start: Int, to end: Int
    ) -> Finding? {
        let latest = today.adding(days: OutOfOffice.furthestDays)
        let returns = Set(
            date.days(from: today, order: cue.order).filter { $0 >= today }
                .map { cue.meaning == .until ? $0.adding(days: 1) : $0 }.filter { $0 <= latest })
        guard returns.count == 1, let day = returns.first else { return nil }
        return Finding(
            meaning: cue.meaning, returnDay: day,
            span: tokens[start].span.lowerBound..<tokens[end - 1].span.upperBound)
    }
}
