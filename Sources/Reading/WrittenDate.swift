import Negotiation

/// A date as somebody wrote it, which may leave out the year, or leave open which number is the month.
struct WrittenDate: Equatable, Sendable {
    let form: Form
    /// The weekday that is named beside it, which has to agree.
    var weekday: Weekday?

    enum Form: Equatable, Sendable {
        case day(year: Int?, month: Int, day: Int)
        /// Two numbers whose order is a matter of language.
        case numbers(year: Int?, Int, Int)
        /// A day of the coming week.
        case weekday
    }

    /// In which order a language writes numbers with a slash.
    enum Order: Sendable { case dayFirst, monthFirst, either }

    /// Every day that can be meant by somebody who writes on `today`. Without a year it is the next such day.
    func days(from today: CalendarDay, order: Order) -> [CalendarDay] {
        var days: [CalendarDay?] = []
        switch form {
        case .day(let year, let month, let day):
            days = [Self.day(year, month, day, from: today)]
        case .numbers(let year, let first, let second):
            if order != .monthFirst { days.append(Self.day(year, second, first, from: today)) }
            if order != .dayFirst { days.append(Self.day(year, first, second, from: today)) }
        case .weekday: return (1...7).map { today.adding(days: $0) }.filter { $0.weekday == weekday }
        }
        return days.compactMap(\.self).filter { weekday == nil || $0.weekday == weekday }
    }

    private static func day(_ year: Int?, _ month: Int, _ day: Int, from today: CalendarDay) -> CalendarDay? {
        if let year { return CalendarDay(year: year, month: month, day: day) }
        return [today.year, today.year + 1].lazy
            .compactMap { CalendarDay(year: $0, month: month, day: day) }.first { $0 >= today }
    }
}

/// Finds dates among tokens.
struct WrittenDateReader {
    let tokens: [DateToken]

    /// The date that begins at a token, and the token after it. A weekday alone counts only where a date is expected.
    func date(at index: Int, isExpected: Bool = false) -> (date: WrittenDate, end: Int)? {
        guard let weekday = text(index).flatMap({ DateNames.weekdays[$0] }) else { return day(at: index) }
        var next = index + 1
        while let text = text(next), DateNames.betweenWeekdayAndDay.contains(text) { next += 1 }
        if var found = day(at: next) {
            found.date.weekday = weekday
            return found
        }
        guard isExpected, number(next, in: 0...9999) == nil else { return nil }
        return (WrittenDate(form: .weekday, weekday: weekday), index + 1)
    }

    private func day(at index: Int) -> (date: WrittenDate, end: Int)? {
        named(at: index) ?? yearFirst(at: index) ?? ideographic(at: index) ?? numeric(at: index)
    }

    private func text(_ index: Int) -> String? { tokens.indices.contains(index) ? tokens[index].text : nil }

    private func number(_ index: Int, in range: ClosedRange<Int>) -> Int? {
        guard tokens.indices.contains(index), let number = tokens[index].number else { return nil }
        return range.contains(number) ? number : nil
    }

    private func year(_ index: Int) -> Int? {
        tokens.indices.contains(index) && tokens[index].text.utf8.count == 4
            ? number(index, in: 2000...2199) : nil
    }

    /// `3 December 2026`, `3rd of December`, `1er janvier`, `3 de diciembre de 2026`, `December 3rd, 2026`.
    private func named(at index: Int) -> (date: WrittenDate, end: Int)? {
        if let day = number(index, in: 1...31) {
            let next = skip(DateNames.betweenDayAndMonth, from: index + 1)
            guard let month = text(next).flatMap({ DateNames.months[$0] }) else { return nil }
            return withYear(month: month, day: day, after: next + 1)
        }
        guard let month = text(index).flatMap({ DateNames.months[$0] }) else { return nil }
        let next = skip(["."], from: index + 1)
        guard let day = number(next, in: 1...31) else { return nil }
        return withYear(month: month, day: day, after: skip(DateNames.ordinals, from: next + 1))
    }

    private func withYear(month: Int, day: Int, after index: Int) -> (date: WrittenDate, end: Int) {
        let next = skip([".", ",", "de", "del"], from: index)
        let year = year(next)
        return (
            WrittenDate(form: .day(year: year, month: month, day: day)), year == nil ? index : next + 1
        )
    }

    /// `2026-12-03`, `2026/12/3`, `2026.12.3`.
    private func yearFirst(at index: Int) -> (date: WrittenDate, end: Int)? {
        guard let year = year(index), let sign = text(index + 1), ["-", "/", "."].contains(sign),
            text(index + 3) == sign, let month = number(index + 2, in: 1...12),
            let day = number(index + 4, in: 1...31)
        else { return nil }
        return (WrittenDate(form: .day(year: year, month: month, day: day)), index + 5)
    }

    /// `2026年12月3日`, `12月3号`, `12월 3일`.
    private func ideographic(at index: Int) -> (date: WrittenDate, end: Int)? {
        let hasYear = ["年", "년"].contains(text(index + 1) ?? "")
        let year = hasYear ? year(index) : nil
        let start = year == nil ? index : index + 2
        guard let month = number(start, in: 1...12), let sign = text(start + 1), ["月", "월"].contains(sign),
            let day = number(start + 2, in: 1...31), let last = text(start + 3),
            ["日", "号", "號", "일"].contains(last)
        else { return nil }
        return (WrittenDate(form: .day(year: year, month: month, day: day)), start + 4)
    }

    /// `3.12.`, `3.12.2026`, `3/12`, `3/12/26`, `3-12-2026`.
    private func numeric(at index: Int) -> (date: WrittenDate, end: Int)? {
        guard let first = number(index, in: 1...31), let sign = text(index + 1),
            ["-", "/", "."].contains(sign), let second = number(index + 2, in: 1...31)
        else { return nil }
        let year = text(index + 3) == sign ? shortYear(index + 4) : nil
        var end = index + (year == nil ? 3 : 5)
        if year == nil, sign == ".", text(end) == "." { end += 1 }
        // Two numbers alone may be a time, a range or a part of a number.
        guard sign != "-" || year != nil, !isPartOfNumber(at: end, after: sign) else { return nil }
        if sign != "." { return (WrittenDate(form: .numbers(year: year, first, second)), end) }
        guard second <= 12 else { return nil }
        return (WrittenDate(form: .day(year: year, month: second, day: first)), end)
    }

    /// Four digits, or two that follow the sign before them without a space.
    private func shortYear(_ index: Int) -> Int? {
        if let year = year(index) { return year }
        guard tokens.indices.contains(index), tokens[index].text.utf8.count == 2,
            tokens[index].span.lowerBound == tokens[index - 1].span.upperBound
        else { return nil }
        return number(index, in: 0...99).map { 2000 + $0 }
    }

    private func isPartOfNumber(at index: Int, after sign: String) -> Bool {
        guard let next = text(index) else { return false }
        let goesOn = next == ":" && number(index + 1, in: 0...59) != nil
        return goesOn || next == sign && sign != "." || DateNames.hours.contains(next)
    }

    /// The token after a time of day such as `17:00`, `5 pm` or `9.30 Uhr`; `nil` when there is none.
    func endOfTime(at index: Int) -> Int? {
        guard number(index, in: 0...24) != nil else { return nil }
        let hasMinutes = [":", "."].contains(text(index + 1) ?? "") && number(index + 2, in: 0...59) != nil
        let end = index + (hasMinutes ? 3 : 1)
        if let next = text(end), DateNames.hours.contains(next) { return end + 1 }
        return text(index + 1) == ":" && hasMinutes ? end : nil
    }

    /// The first of at most three tokens that is not in the set.
    private func skip(_ words: Set<String>, from index: Int) -> Int {
        var next = index
        while next < index + 3, let text = text(next), words.contains(text) { next += 1 }
        return next
    }
}
