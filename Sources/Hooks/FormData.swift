/// The fields of a posted form, whichever way they were packed.
public struct FormData: Sendable {
    /// One field; files are fields with a file name or a type.
    public struct Field: Sendable {
        public internal(set) var name: String
        public internal(set) var fileName: String?
        public internal(set) var contentType: String?
        /// The value, as a part of the body or unpacked from it.
        public internal(set) var value: ArraySlice<UInt8>
    }

    /// The most fields of a form.
    static let maximumFields = 1_000
    /// The longest block of headers of one part, in bytes.
    static let maximumPartHeaders = 8_192

    /// All of them, in their order.
    public let fields: [Field]

    /// Takes a form apart as its `Content-Type` says. Throws `unsplittable`.
    public init(contentType: String?, body: [UInt8]) throws(HooksError) {
        let header = ParameterizedHeader(contentType ?? "")
        switch header.value {
        case "application/x-www-form-urlencoded": fields = try URLEncodedForm.fields(body)
        case "multipart/form-data":
            guard let boundary = header.parameters["boundary"], Self.isBoundary(boundary) else {
                throw .unsplittable("multipart/form-data without a proper boundary")
            }
            var reader = MultipartReader(body: body, boundary: boundary)
            fields = try reader.fields()
        default: throw .unsplittable("it is neither JSON nor a form")
        }
    }

    /// RFC 2046, 5.1.1.
    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.last != " "
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || "0123456789'()+_,-./:=? ".unicodeScalars.contains($0))
            }
    }

    /// The bytes of a field that may be there once.
    func bytes(_ name: String) throws(HooksError) -> ArraySlice<UInt8>? {
        let found = fields.filter { $0.name == name }
        guard found.count <= 1 else {
            throw .unsplittable("the field \(storable(name, maximum: 60)) is repeated")
        }
        return found.first?.value
    }

    /// The fields whose names are a prefix and a number, in their order.
    func fields(numbered prefix: String) -> [Field] {
        fields.filter { field in
            let number = field.name.dropFirst(prefix.count)
            return field.name.hasPrefix(prefix) && !number.isEmpty
                && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// The text of a field that may be there once; bytes that are no UTF-8 are replaced.
    func text(_ name: String) throws(HooksError) -> String? {
        try bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A header value with parameters, such as `multipart/form-data; boundary="x"` (RFC 2045, 5.1).
struct ParameterizedHeader {
    /// The value before the first semicolon, in lower case.
    let value: String
    /// The parameters; names in lower case, the first of each name.
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = text.unicodeScalars[...]
        value = Self.take(&rest, until: ";").lowercased()
        // Each turn takes at least one character away.
        while rest.popFirst() != nil {
            let name = Self.take(&rest, until: "=", ";").lowercased()
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let value = Self.takeValue(&rest)
            if parameters[name] == nil { parameters[name] = value }
        }
    }

    private static func take(_ rest: inout Substring.UnicodeScalarView, until marks: Unicode.Scalar...)
        -> String
    {
        let taken = rest.prefix { !marks.contains($0) }
        rest.removeFirst(taken.count)
        var trimmed = taken.drop { $0 == " " || $0 == "\t" }
        while let last = trimmed.last, last == " " || last == "\t" { trimmed.removeLast() }
        return String(Substring(trimmed))
    }

    private static func takeValue(_ rest: inout Substring.UnicodeScalarView) -> String {
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        guard rest.first == "\"" else { return take(&rest, until: ";") }
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != "\"" {
            // Browsers put backslashes of Windows paths there unescaped; only these two are escapes.
            if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(next)
                rest.removeFirst()
            } else {
                value.append(scalar)
            }
        }
        _ = take(&rest, until: ";")
        return String(value)
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL, 5.1), strict about its escapes.
enum URLEncodedForm {
    static func fields(_ body: [UInt8]) throws(HooksError) -> [FormData.Field] {
        var fields: [FormData.Field] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard fields.count < FormData.maximumFields else {
                throw .unsplittable("the form has too many fields")
            }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decoded(pair[..<equals])
            let value = try decoded(pair[equals...].dropFirst())
            fields.append(.init(name: String(decoding: name, as: UTF8.self), value: value[...]))
        }
        return fields
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(HooksError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%") {
                guard index + 2 <= text.endIndex, let high = digit(text[index]),
                    let low = digit(text[index + 1])
                else { throw .unsplittable("a percent escape of the form is broken") }
                bytes.append(high << 4 | low)
                index += 2
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
