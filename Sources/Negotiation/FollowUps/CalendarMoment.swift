extension CalendarLine {
    /// The dates or times of the value, separated by commas; at least one. A date is its midnight. A time in UTC is
    /// what clocks show in `zone` then; any other time is taken as it is written.
    func moments(in zone: TimeZoneRules) throws(HolidayCalendarError) -> [LocalTime] {
        var moments: [LocalTime] = []
        for text in value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let moment = Self.moment(text, in: zone) else {
                throw HolidayCalendarError(line: number, .date(String(text.prefix(40))))
            }
            moments.append(moment)
        }
        return moments
    }

    /// `P1D` or `P2W` in days.
    func wholeDays() throws(HolidayCalendarError) -> Int {
        let count = Self.number(value.dropFirst().dropLast(), in: 1...HolidayCalendar.longestEvent)
        guard value.hasPrefix("P"), let count, value.hasSuffix("D") || value.hasSuffix("W") else {
            throw HolidayCalendarError(line: number, .property(name))
        }
        let days = value.hasSuffix("W") ? count * 7 : count
        guard days <= HolidayCalendar.longestEvent else { throw HolidayCalendarError(line: number, .length) }
        return days
    }

    /// `20261225`, `20261225T090000` or `20261225T090000Z`.
    static func moment(_ text: some StringProtocol, in zone: TimeZoneRules) -> LocalTime? {
        let isUTC = text.hasSuffix("Z")
        let parts = text.dropLast(isUTC ? 1 : 0).split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 1 && !isUTC, let day = day(parts[0]) else { return nil }
        var seconds = 0
        if parts.count == 2 {
            let digits = parts[1]
            guard digits.utf8.count == 6, let hour = number(digits.prefix(2), in: 0...23),
                let minute = number(digits.dropFirst(2).prefix(2), in: 0...59),
                let second = number(digits.suffix(2), in: 0...60)
            else { return nil }
            // A leap second counts as the one before it.
            seconds = hour * 3600 + minute * 60 + min(second, 59)
        }
        guard let time = TimeOfDay(seconds: seconds) else { return nil }
        let moment = LocalTime(day, time)
        return isUTC ? zone.local(TimeZoneRules.utc.instant(of: moment)) : moment
    }

    /// `20261225`.
    private static func day(_ text: some StringProtocol) -> CalendarDay? {
        guard text.utf8.count == 8, let year = number(text.prefix(4), in: 1...9999),
            let month = number(text.dropFirst(4).prefix(2), in: 1...12),
            let day = number(text.suffix(2), in: 1...31)
        else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// One to four ASCII digits within a range.
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }
}
