enum Byte {
    static let minus: UInt8 = 0x2D
    static let plus: UInt8 = 0x2B
    static let newline: UInt8 = 0x0A
    static let space: UInt8 = 0x20
}

extension UInt8 {
    /// Python's `str.isspace` within ASCII: the separators 1C to 1F count.
    var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) || (self >= 0x1C && self <= 0x1F) }
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }
    var isNameStart: Bool { isLetter || self == 0x5F }
    /// Letters, digits and the underscore, one bit for each code below 128.
    @inline(__always)
    var isNamePart: Bool {
        let members: UInt64 = self < 0x40 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return self < 0x80 && members >> UInt64(self & 0x3F) & 1 == 1
    }

    /// 0 to 35 for digits and letters, more for anything else.
    var digitValue: Int {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x5A: Int(self) - 0x37
        case 0x61...0x7A: Int(self) - 0x57
        default: 99
        }
    }
}

extension Unicode.Scalar {
    /// Python's `str.isspace` for one code point.
    var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        default: false
        }
    }

    /// What Python's `str.splitlines` breaks at.
    var isPythonLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Python's `\w`: letters, numbers and the underscore.
    var isWordPart: Bool {
        if value < 0x80 { return UInt8(value).isNamePart }
        return isPythonAlphabetic || isPythonNumeric
    }

    var isPythonAlphabetic: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isPythonNumeric: Bool { properties.numericType != nil }
    var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }
    var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }

    /// Python's `str.isprintable` for one code point.
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        case .spaceSeparator: value == 0x20
        default: true
        }
    }
}
