/// Dates as IMAP writes them (RFC 9051, section 9, `date-time` and `date`).
enum IMAPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let secondsPerDay: Int64 = 86_400

    /// Seconds since 1970 of ` 1-Feb-2026 08:05:00 +0100`; nil for what is no date.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 3 else { return nil }
        let date = parts[0].split(separator: "-")
        let time = parts[1].split(separator: ":").compactMap { Int64($0) }
        guard date.count == 3, time.count == 3, let day = Int64(date[0]), let year = Int64(date[2]),
            let month = months.firstIndex(of: date[1].capitalized), let zone = Int64(parts[2]),
            (1...31).contains(day), (1...9999).contains(year), (-1500...1500).contains(zone),
            time.allSatisfy({ (0...60).contains($0) })
        else { return nil }
        let offset = zone / 100 * 3600 + zone % 100 * 60
        return days(year, Int64(month + 1), day) * secondsPerDay + time[0] * 3600 + time[1] * 60 + time[2]
            - offset
    }

    /// The day of an instant in UTC, as in `1-Feb-2026`.
    static func day(_ seconds: Int64) -> String {
        // The algorithm counts years from March, so that the leap day is the last of a year.
        let shifted = Int64((Double(seconds) / Double(secondsPerDay)).rounded(.down)) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        return "\(day)-\(months[Int(calendarMonth - 1)])-\(year)"
    }

    /// Days since 1970 of a day of the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Substring {
    /// With the first letter in upper case and the others in lower case.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
