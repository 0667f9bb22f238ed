import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Between the types of a column and those of the desk.

extension Row {
    /// An id of some kind.
    func id<Record>(_ column: Int) throws -> Identifier<Record> { Identifier(try uuid(column)) }

    func optionalID<Record>(_ column: Int) throws -> Identifier<Record>? {
        try optionalUUID(column).map { Identifier($0) }
    }

    func instant(_ column: Int) throws -> Instant { Instant(microseconds: try timestamp(column)) }

    func optionalInstant(_ column: Int) throws -> Instant? {
        try optionalTimestamp(column).map { Instant(microseconds: $0) }
    }

    func amount(_ column: Int) throws -> Amount {
        let units = try numeric(column, scale: Amount.scale)
        guard let amount = Amount(tenThousandths: units) else {
            throw StoreError.unreadable(column: column, "\(units) ten-thousandths are too much")
        }
        return amount
    }

    func optionalAmount(_ column: Int) throws -> Amount? {
        try isNull(column) ? nil : try amount(column)
    }

    func currency(_ column: Int) throws -> Currency {
        let code = try text(column)
        guard let currency = Currency(code) else {
            throw StoreError.unreadable(column: column, "“\(code)” is no currency")
        }
        return currency
    }

    /// A status, kind or other word of a closed list.
    func word<Word: RawRepresentable>(_ column: Int) throws -> Word where Word.RawValue == String {
        let text = try text(column)
        guard let word = Word(rawValue: text) else {
            throw StoreError.unreadable(
                column: column, "“\(text)” is not among the words that may stand there")
        }
        return word
    }

    func optionalWord<Word: RawRepresentable>(_ column: Int) throws -> Word? where Word.RawValue == String {
        try isNull(column) ? nil : try word(column)
    }

    /// What a JSON column says, in the form in which the store wrote it.
    func decoded<Value: Decodable>(_ column: Int, as type: Value.Type) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(try json(column))) } catch let error
            as DecodingError
        {
            throw StoreError.unreadable(column: column, "the JSON is not as expected: \(error)")
        }
    }

    func optionalDecoded<Value: Decodable>(_ column: Int, as type: Value.Type) throws -> Value? {
        try isNull(column) ? nil : try decoded(column, as: type)
    }
}

extension Parameter {
    static func id<Record>(_ id: Identifier<Record>?) -> Parameter { .uuid(id?.uuid) }

    static func instant(_ instant: Instant?) -> Parameter { .timestamp(instant?.microseconds) }

    static func amount(_ amount: Amount?) -> Parameter {
        .numeric(amount?.tenThousandths, scale: Amount.scale)
    }

    static func word<Word: RawRepresentable>(_ word: Word?) -> Parameter where Word.RawValue == String {
        .text(word?.rawValue)
    }

    /// Text from outside: cut to what the column takes, in characters, and with U+FFFD where it holds U+0000, which
    /// Postgres cannot store. Positions of characters stay as they are.
    static func words(_ text: String?, longest: Int? = nil) -> Parameter {
        .text(text.map { storable($0, longest: longest) })
    }

    /// A value as JSON.
    static func encoded(_ value: (some Encodable)?) throws -> Parameter {
        guard let value else { return .json(nil) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json([UInt8](try encoder.encode(value)))
    }
}

/// Text as Postgres can store it: U+FFFD for U+0000, at most so many characters (Unicode scalars).
func storable(_ text: String, longest: Int? = nil) -> String {
    let fits = longest.map { text.utf8.count <= $0 } ?? true
    if fits, !text.utf8.contains(0) { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longest ?? .max) {
        scalars.append(scalar == "\0" ? "\u{FFFD}" : scalar)
    }
    return String(scalars)
}

/// A name and an address, as JSON columns keep them.
struct StoredAddress: Codable {
    let name: String
    let address: String

    init(_ address: MailAddress) {
        name = storable(address.name)
        self.address = storable(address.address)
    }

    var value: MailAddress { MailAddress(name: name, address: address) }
}

extension SenderReport {
    /// As Postgres can store it.
    var storable: SenderReport {
        SenderReport(
            standing: standing, isColleague: isColleague, isBinding: isBinding,
            warnings: warnings.map { Warning(code: $0.code, text: Store.storable($0.text)) })
    }
}
