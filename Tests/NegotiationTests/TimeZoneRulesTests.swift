import Foundation
import Negotiation
import Testing

/// What clocks on the wall show.
@Suite struct TimeZoneRulesTests {
    @Test(
        "offsets are those that Foundation knows, from 1970 to 2060 and to the second around every change",
        arguments: [
            "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
            "Europe/Dublin", "America/Sao_Paulo", "Asia/Tokyo", "Africa/Johannesburg", "America/St_Johns",
        ])
    func oracle(name: String) throws {
        let rules = try ZoneFiles.rules(name)
        let zone = try #require(TimeZone(identifier: name))
        func agree(_ second: Int64) -> Bool {
            let date = Date(timeIntervalSince1970: TimeInterval(second))
            return rules.offset(at: Instant(seconds: second)) == zone.secondsFromGMT(for: date)
        }
        for second in stride(from: Int64(0), to: 2_840_000_000, by: 86_400 * 3 + 3_600) {
            #expect(agree(second), "\(name), \(Instant(seconds: second))")
        }
        var date = Date(timeIntervalSince1970: 0)
        for _ in 0..<250 {
            guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { break }
            let second = Int64(next.timeIntervalSince1970)
            for near in [second - 1, second, second + 1] {
                #expect(agree(near), "\(name), \(Instant(seconds: near))")
            }
            date = next
        }
    }

    @Test("every file of this machine's time zone database is understood")
    func wholeDatabase() throws {
        let names =
            FileManager.default.enumerator(atPath: ZoneFiles.folder)?.compactMap { $0 as? String } ?? []
        var understood = 0
        for name in names where !name.hasPrefix("right/") {
            guard let bytes = try? ZoneFiles.bytes(name), bytes.starts(with: Array("TZif".utf8)) else {
                continue
            }
            #expect(TimeZoneRules(tzif: bytes) != nil, "\(name)")
            understood += 1
        }
        #expect(understood > 400)
    }

    @Test(
        "what a clock shows once, twice or never has one instant",
        arguments: [
            ("Europe/Berlin", "2026-07-01 12:00", "2026-07-01T10:00:00Z"),
            ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00Z"),
            ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25T00:00:00Z"),
            ("Europe/Berlin", "2026-10-25 02:59", "2026-10-25T00:59:00Z"),
            ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z"),
            ("Europe/Berlin", "2050-07-01 12:00", "2050-07-01T10:00:00Z"),
            ("Europe/Berlin", "2050-03-27 02:30", "2050-03-27T01:30:00Z"),
            ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30:00Z"),
            ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
            ("Asia/Kolkata", "2026-07-01 12:00", "2026-07-01T06:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03T15:40:00Z"),
            ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z"),
            ("Pacific/Apia", "2011-12-29 23:59", "2011-12-30T09:59:00Z"),
            ("Pacific/Apia", "2011-12-30 10:00", "2011-12-30T20:00:00Z"),
            ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00:00Z"),
        ])
    func localTimes(name: String, shown: String, moment: String) throws {
        #expect(try ZoneFiles.rules(name).instant(of: try local(shown)) == instant(moment))
    }

    @Test("what the clock skips is shown later by as much as it skips")
    func skipped() throws {
        let apia = try ZoneFiles.rules("Pacific/Apia")
        #expect(
            apia.local(apia.instant(of: try local("2011-12-30 10:00"))) == (try local("2011-12-31 10:00")))
        let howe = try ZoneFiles.rules("Australia/Lord_Howe")
        #expect(
            howe.local(howe.instant(of: try local("2026-10-04 02:10"))) == (try local("2026-10-04 02:40")))
    }

    @Test(
        "from an instant to the clock and back is the same instant, unless the clock shows it a second time",
        arguments: ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"])
    func thereAndBack(name: String) throws {
        let rules = try ZoneFiles.rules(name)
        for hour in 0..<(24 * 366 * 2) {
            let moment = try instant("2011-01-01T00:00:00Z").advanced(bySeconds: Int64(hour) * 1800 * 2)
            let back = rules.instant(of: rules.local(moment))
            #expect(back == moment || rules.local(back) == rules.local(moment) && back < moment)
        }
    }

    @Test(
        "a rule of POSIX is understood, with the extensions of RFC 8536",
        arguments: [
            ("UTC0", "2026-07-01T00:00:00Z", 0), ("<+0545>-5:45", "2026-07-01T00:00:00Z", 20_700),
            ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18_000),
            ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14_400),
            ("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18_000),
            // Summer all year.
            ("EST5EDT,0/0,J365/25", "2026-01-01T04:59:59Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2026-12-31T12:00:00Z", -14_400),
            // Winter is what is declared as saving, and it spans the new year.
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-15T00:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-15T00:00:00Z", 3_600),
            // Hours before midnight: the Saturday before the last Sunday.
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7_200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3_600),
            // February 29 is not counted by J.
            ("AAA0BBB,J60/0,J61/0", "2024-03-01T00:00:00Z", 3_600),
            ("AAA0BBB,J60/0,J61/0", "2024-02-29T12:00:00Z", 0),
            ("AAA0BBB,59/0,60/0", "2024-02-29T12:00:00Z", 3_600),
        ])
    func posix(rule: String, moment: String, offset: Int) throws {
        let rules = try #require(TimeZoneRules(posix: rule))
        #expect(rules.offset(at: try instant(moment)) == offset)
        let footer = try #require(TimeZoneRules(tzif: ZoneFiles.made(footer: rule, version: "3")))
        #expect(footer.offset(at: try instant(moment)) == offset)
    }

    @Test(
        "what is no rule is refused",
        arguments: [
            "", "5", "ES5", "EST", "EST25", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
            "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J10", "EST5EDT,1,366",
            "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", "<EST5", "<+1>5", "EST5:60", ":EST5",
            "EST٣", String(repeating: "A", count: 200) + "0",
        ])
    func noRule(text: String) { #expect(TimeZoneRules(posix: text) == nil) }

    @Test(
        "before the first change the first type holds, after the last the footer, without one the last type")
    func made() throws {
        let bytes = ZoneFiles.made(offsets: [60, 120, 180], changes: [(1_000, 1), (2_000, 2)])
        let rules = try #require(TimeZoneRules(tzif: bytes))
        #expect(
            [999, 1_000, 1_999, 2_000, 9_999].map { rules.offset(at: Instant(seconds: $0)) } == [
                60, 120, 120, 180, 180,
            ])
        let other = ZoneFiles.made(offsets: [60, 120], changes: [(1_000, 1)], footer: "AAA-1")
        let footed = try #require(TimeZoneRules(tzif: other))
        #expect([999, 1_001].map { footed.offset(at: Instant(seconds: $0)) } == [60, 3_600])
        #expect(
            TimeZoneRules(tzif: ZoneFiles.madeOfVersion1(offset: -3_600))?.offset(at: Instant(seconds: 0))
                == -3_600)
        #expect(TimeZoneRules(fixedOffset: 19_800)?.offset(at: Instant(seconds: 0)) == 19_800)
        #expect(TimeZoneRules(fixedOffset: 93_600) == nil)
    }

    @Test("what contradicts the format is refused")
    func damaged() throws {
        #expect(TimeZoneRules(tzif: []) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(offsets: [])) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(offsets: [93_600])) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(offsets: [.min])) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(changes: [(5, 0), (5, 0)])) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(changes: [(5, 1)])) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(footer: "nonsense")) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(footer: "UTC0\n")) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made(version: "9")) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made() + [0]) == nil)
        #expect(TimeZoneRules(tzif: Array(repeating: 0, count: 65_537)) == nil)
        #expect(TimeZoneRules(tzif: ZoneFiles.made()) != nil)
    }

    @Test("a file that was cut off anywhere is refused")
    func truncated() throws {
        let whole = try ZoneFiles.bytes("Europe/Berlin")
        for length in 0..<whole.count { #expect(TimeZoneRules(tzif: Array(whole.prefix(length))) == nil) }
    }

    @Test("whatever byte is damaged, there is an answer or none, at any time")
    func hostile() throws {
        let whole = try ZoneFiles.bytes("Australia/Lord_Howe")
        for index in whole.indices {
            for value: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] = value
                guard let rules = TimeZoneRules(tzif: bytes) else { continue }
                for second in [Int64.min, -5_000_000_000, 0, 1_776_000_000, 9_000_000_000_000] {
                    let moment = Instant(microseconds: second == .min ? .min : second * 1_000_000)
                    _ = rules.instant(of: rules.local(moment))
                }
            }
        }
    }

    @Test("the ends of time have an answer")
    func ends() throws {
        let rules = try ZoneFiles.rules("Europe/Berlin")
        for moment in [Instant(microseconds: .min), Instant(microseconds: .max)] {
            #expect((0...7_200).contains(rules.offset(at: moment)))
            _ = rules.instant(of: LocalTime(CalendarDay(daysSinceEpoch: 1 << 50), rules.local(moment).time))
        }
    }
}

/// Days, weekdays and times of day.
@Suite struct LocalTimeTests {
    @Test(
        "a day has its weekday, before and after 1970",
        arguments: [
            ("1970-01-01", Weekday.thursday), ("1969-12-31", .wednesday), ("2000-02-29", .tuesday),
            ("2026-12-25", .friday), ("1900-01-01", .monday), ("0001-01-01", .monday),
            ("9999-12-31", .friday),
        ])
    func weekday(text: String, weekday: Weekday) throws { #expect(try day(text).weekday == weekday) }

    @Test("days are added over months, years and leap days, and compared")
    func adding() throws {
        #expect(try day("2024-02-28").adding(days: 1) == day("2024-02-29"))
        #expect(try day("2026-02-28").adding(days: 1) == day("2026-03-01"))
        #expect(try day("2026-01-01").adding(days: -1) == day("2025-12-31"))
        #expect(try day("2026-01-31") < day("2026-02-01") && day("2025-12-31") < day("2026-01-01"))
        #expect(try day("2026-01-01").adding(days: .max).year == 12_026)
        #expect(try day("2026-01-01").adding(days: .min).year == -7_974)
        #expect(
            CalendarDay.length(ofMonth: 2, in: 2100) == 28 && CalendarDay.length(ofMonth: 13, in: 2100) == nil
        )
    }

    @Test(
        "a time of day is read and printed",
        arguments: [("00:00", 0), ("08:30", 30_600), ("24:00", 86_400), ("23:59", 86_340)])
    func time(text: String, seconds: Int) throws {
        let time = try #require(TimeOfDay(text))
        #expect(time.seconds == seconds && time.description == text)
    }

    @Test(
        "what is no time of day is none",
        arguments: ["", "8:30", "24:01", "25:00", "12:60", "+1:00", "-1:00", "12:00:00", "1２:00", "12"])
    func noTime(text: String) {
        #expect(TimeOfDay(text) == nil)
        #expect(TimeOfDay(seconds: -1) == nil && TimeOfDay(seconds: 86_401) == nil)
    }
}
