extension Methods {
    static func upper(_ text: Text) -> Text {
        if text.isASCII {
            // What stands before `a` wraps around and is not below 26 either.
            return Text(valid: text.bytes.mapped { $0 &- ($0 &- 0x61 < 26 ? 0x20 : 0) })
        }
        return Text(text.string.unicodeScalars.map(\.properties.uppercaseMapping).joined())
    }

    static func lower(_ text: Text) -> Text {
        if text.isASCII {
            return Text(valid: text.bytes.mapped { $0 &+ ($0 &- 0x41 < 26 ? 0x20 : 0) })
        }
        return Text(lower(Array(text.string.unicodeScalars)[...]))
    }

    private static func lower(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var result = ""
        for index in scalars.indices { result += lowered(scalars, index) }
        return result
    }

    private static func lowered(_ scalars: ArraySlice<Unicode.Scalar>, _ index: Int) -> String {
        guard scalars[index] == "Σ" else { return scalars[index].properties.lowercaseMapping }
        // A capital sigma that ends a word has a lower case of its own. Runs of what has no case are looked
        // through only so far, or they would cost as much as their square.
        let before = scalars[..<index].suffix(64).last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].prefix(64).first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased ?? false && !(after?.properties.isCased ?? false) ? "ς" : "σ"
    }

    /// Unicode's full case folding, put together from the mappings that the standard library has.
    static func folded(_ text: Text) -> Text {
        if text.isASCII { return lower(text) }
        var result = ""
        for scalar in text.scalars {
            switch scalar.value {
            // A dotless i, and Cherokee, which folds to its capitals.
            case 0x131, 0x13A0...0x13F5: result.unicodeScalars.append(scalar)
            case 0x13F8...0x13FD:
                result.unicodeScalars.append(Unicode.Scalar(scalar.value - 8) ?? scalar)
            case 0xAB70...0xABBF:
                result.unicodeScalars.append(Unicode.Scalar(scalar.value - 0x97D0) ?? scalar)
            default:
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    for upper in lower.properties.uppercaseMapping.unicodeScalars {
                        result += upper.properties.lowercaseMapping
                    }
                }
            }
        }
        return Text(result)
    }

    static func capitalized(_ text: Text) -> Text {
        let scalars = text.scalars
        guard let first = scalars.first else { return text }
        return Text(first.properties.titlecaseMapping + lower(scalars[1...]))
    }

    static func titled(_ text: Text) -> Text {
        var result = ""
        var isInside = false
        let scalars = text.scalars
        for (index, scalar) in scalars.enumerated() {
            result += isInside ? lowered(scalars[...], index) : scalar.properties.titlecaseMapping
            isInside = scalar.properties.isCased
        }
        return Text(result)
    }

    static func swapped(_ text: Text) -> Text {
        let scalars = text.scalars
        return Text(
            scalars.indices.map { index in
                let properties = scalars[index].properties
                return properties.isUppercase
                    ? lowered(scalars[...], index)
                    : properties.isLowercase ? properties.uppercaseMapping : String(scalars[index])
            }.joined())
    }

    /// `islower` and `isupper`: at least one letter with case, and none of the other.
    static func isCased(_ text: Text, upper: Bool) -> Bool {
        var seen = false
        for scalar in text.scalars {
            let properties = scalar.properties
            let isTitle = properties.generalCategory == .titlecaseLetter
            if isTitle || (upper ? properties.isLowercase : properties.isUppercase) { return false }
            if upper ? properties.isUppercase : properties.isLowercase { seen = true }
        }
        return seen
    }

    static func test(_ method: String, _ text: Text) -> Bool {
        let scalars = text.scalars
        switch method {
        case "islower": return isCased(text, upper: false)
        case "isupper": return isCased(text, upper: true)
        case "isascii": return text.isASCII
        case "isprintable": return scalars.allSatisfy(\.isPrintable)
        case "istitle":
            var isInside = false
            var seen = false
            for scalar in scalars {
                let properties = scalar.properties
                if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
                    if isInside { return false }
                    (isInside, seen) = (true, true)
                } else if properties.isLowercase {
                    if !isInside { return false }
                } else {
                    isInside = false
                }
            }
            return seen
        default: break
        }
        guard let first = scalars.first else { return false }
        switch method {
        case "isalpha": return scalars.allSatisfy(\.isPythonAlphabetic)
        case "isdigit": return scalars.allSatisfy(\.isPythonDigit)
        case "isdecimal": return scalars.allSatisfy(\.isPythonDecimal)
        case "isnumeric": return scalars.allSatisfy(\.isPythonNumeric)
        case "isalnum": return scalars.allSatisfy { $0.isPythonAlphabetic || $0.isPythonNumeric }
        case "isspace": return scalars.allSatisfy(\.isPythonSpace)
        case "isidentifier":
            return (first == "_" || first.properties.isXIDStart)
                && scalars.allSatisfy(\.properties.isXIDContinue)
        default: return false
        }
    }
}
