extension Filters {
    /// Amounts, numbers and dates as people of a region write them.
    static let business: [Filter] = [
        Filter("money", ["currency", "locale", "style", "places"]) {
            (renderer, value, arguments) throws(Fault) in
            let locale = try renderer.locale(arguments, 1)
            let code = try arguments.some(0).map { value throws(Fault) in try renderer.text(of: value).string
            }
            if let code, code.count != 3 || !code.allSatisfy({ $0.isASCII && $0.isLetter }) {
                throw .runtime("\(pythonQuoted(code)) is not a currency code of ISO 4217")
            }
            let currency = code.map { Currency($0) }
            let places = try renderer.places(arguments, 3) ?? currency?.places ?? 2
            let number = try renderer.decimal(value, "money")
            let (digits, isNegative) = locale.format(number, places: places)
            guard let currency else { return .text((isNegative ? "-" : "") + digits) }
            let style = try arguments.some(2).map { value throws(Fault) in try renderer.text(of: value).string
            }
            switch style ?? "symbol" {
            case "symbol": return .text(locale.amount(digits, currency.symbol, isNegative: isNegative))
            case "code": return .text(locale.amount(digits, currency.code, isNegative: isNegative))
            case let other: throw .runtime("style must be 'symbol' or 'code', not \(pythonQuoted(other))")
            }
        },
        Filter("number", ["places", "locale"]) { (renderer, value, arguments) throws(Fault) in
            let locale = try renderer.locale(arguments, 1)
            let number = try renderer.decimal(value, "number")
            let natural = min(max(0, number.digits.count - number.point), 20)
            let places = try renderer.places(arguments, 0) ?? natural
            let (digits, isNegative) = locale.format(number, places: places)
            return .text((isNegative ? "-" : "") + digits)
        },
        Filter("percent", ["places", "locale"]) { (renderer, value, arguments) throws(Fault) in
            let locale = try renderer.locale(arguments, 1)
            var number = try renderer.decimal(value, "percent")
            if !number.isZero { number.point += 2 }
            let (digits, isNegative) = locale.format(number, places: try renderer.places(arguments, 0) ?? 0)
            return .text((isNegative ? "-" : "") + Locale.fill(locale.percent, ["#": digits]))
        },
        Filter("date", ["format", "locale", "offset"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.date(value, arguments, withTime: false)
        },
        Filter("datetime", ["format", "locale", "offset"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.date(value, arguments, withTime: true)
        },
    ]
}

extension Locale {
    /// The digits of a number, rounded half up as invoices are, and whether a minus belongs to them.
    func format(_ number: Decimals, places: Int) -> (digits: String, isNegative: Bool) {
        var number = number
        number.round(places: places, .halfUp)
        let (whole, fraction) = number.parts(places: places)
        let digits = grouped(whole) + (places > 0 ? decimal + String(decoding: fraction, as: UTF8.self) : "")
        return (digits, number.isNegative && !number.isZero)
    }

    func amount(_ digits: String, _ currency: String, isNegative: Bool) -> String {
        var pattern = money
        // Letters need a space between them and the digits.
        if pattern == "¤#", currency.last?.isLetter ?? false { pattern = "¤\u{A0}#" }
        return (isNegative ? "-" : "") + Self.fill(pattern, ["¤": currency, "#": digits])
    }

    static func fill(_ pattern: String, _ parts: [Character: String]) -> String {
        pattern.map { parts[$0] ?? String($0) }.joined()
    }
}

extension Renderer {
    func locale(_ arguments: [Value?], _ position: Int) throws(Fault) -> Locale {
        guard let given = arguments.some(position) else { return locale }
        let name = try text(of: given).string
        guard Locale.isKnown(name) else { throw .runtime("unknown locale \(pythonQuoted(name))") }
        return Locale(name)
    }

    /// Digits after the decimal point, if given.
    func places(_ arguments: [Value?], _ position: Int) throws(Fault) -> Int? {
        guard let given = arguments.some(position) else { return nil }
        let places = try integer(given)
        guard (0...20).contains(places) else { throw .runtime("places must be from 0 to 20, not \(places)") }
        return places
    }

    /// A decimal string digit by digit, or a number.
    func decimal(_ value: Value, _ filter: String) throws(Fault) -> Decimals {
        switch value {
        case .undefined(let missing): throw .undefined(missing)
        case .string(let text), .markup(let text):
            let trimmed = Methods.stripped(text, nil, left: true, right: true).bytes
            if trimmed.count <= 400, let decimals = Decimals(trimmed), abs(decimals.point) < 400 {
                return decimals
            }
        case .int, .big:
            if let digits = value.number?.integer?.description, digits.utf8.count < 400,
                let decimals = Decimals(Array(digits.utf8))
            {
                return decimals
            }
        case .float(let number): if number.isFinite { return Decimals(shortest: number) }
        default: break
        }
        throw .runtime("\(filter): \(try representation(of: value)) is not a number")
    }

    fileprivate func date(_ value: Value, _ arguments: [Value?], withTime: Bool) throws(Fault) -> Value {
        let locale = try locale(arguments, 1)
        let time = try calendarTime(value, offset: arguments.some(2))
        let format =
            try arguments.some(0).map { value throws(Fault) in try text(of: value).string } ?? "medium"
        let pattern: String
        switch format {
        case "iso": pattern = withTime ? "y-MM-dd'T'HH:mm:ssXXX" : "y-MM-dd"
        case "short", "medium", "long", "full":
            let date = locale.dates[["short", "medium", "long", "full"].firstIndex(of: format) ?? 1]
            pattern = withTime ? date + locale.join + locale.time : date
        default: pattern = format
        }
        return .text(try DatePattern(locale: locale, time: time).format(pattern))
    }

    private func calendarTime(_ value: Value, offset: Value?) throws(Fault) -> CalendarTime {
        var time: CalendarTime?
        switch value {
        case .undefined(let missing): throw .undefined(missing)
        case .int(let seconds): time = CalendarTime(secondsUTC: seconds, offset: 0)
        case .string(let text), .markup(let text):
            let trimmed = Methods.stripped(text, nil, left: true, right: true).string
            time =
                trimmed == "now"
                ? CalendarTime(secondsUTC: now.seconds, offset: 0) : CalendarTime(trimmed)
        default: break
        }
        guard let time else { throw .runtime("\(try representation(of: value)) is not a date") }
        guard let offset else { return time }
        // Minutes east of UTC, or as in `+02:00`.
        var minutes = offset.index
        if let text = offset.text, let parsed = CalendarTime("2000-01-01T00:00:00" + text.string)?.offset {
            minutes = parsed / 60
        }
        guard let minutes, abs(minutes) < 1_440,
            let moved = CalendarTime(secondsUTC: time.secondsUTC, offset: minutes * 60)
        else { throw .runtime("\(try representation(of: offset)) is not a distance to UTC") }
        return moved
    }
}

/// The letters of Unicode Technical Standard 35 that dates need.
struct DatePattern {
    let locale: Locale
    let time: CalendarTime

    func format(_ pattern: String) throws(Fault) -> String {
        var result = ""
        let letters = Array(pattern)
        guard letters.count <= 200 else { throw .limit("a date pattern of more than 200 characters") }
        var index = 0
        while index < letters.count {
            let letter = letters[index]
            if letter == "'" {
                index += 1
                if index < letters.count, letters[index] == "'" {
                    result += "'"
                    index += 1
                    continue
                }
                while index < letters.count, letters[index] != "'" {
                    result.append(letters[index])
                    index += 1
                }
                index += 1
                continue
            }
            guard letter.isASCII, letter.isLetter else {
                result.append(letter)
                index += 1
                continue
            }
            let count = letters[index...].prefix { $0 == letter }.count
            result += try field(letter, count)
            index += count
        }
        return result
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(abs(number))
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private func field(_ letter: Character, _ count: Int) throws(Fault) -> String {
        switch letter {
        case "y": return count == 2 ? padded(time.year % 100, 2) : padded(time.year, count)
        case "M", "L":
            return count >= 4
                ? locale.months[time.month - 1]
                : count == 3 ? locale.shortMonths[time.month - 1] : padded(time.month, count)
        case "d": return padded(time.day, count)
        case "E":
            let name = locale.weekdays[time.weekday]
            return count >= 4 ? name : String(name.prefix(locale.identifier.hasPrefix("en") ? 3 : 2))
        case "H": return padded(time.hour, count)
        case "h": return padded((time.hour + 11) % 12 + 1, count)
        case "m": return padded(time.minute, count)
        case "s": return padded(time.second, count)
        case "a": return time.hour < 12 ? "AM" : "PM"
        case "X", "x", "Z":
            guard let offset = time.offset else { return "" }
            if offset == 0, letter == "X" { return "Z" }
            let minutes = abs(offset) / 60
            return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
        default: throw .runtime("the letter '\(letter)' means nothing in a date pattern")
        }
    }
}
