/// A whole number of JSON, as a number or, where 64 bits are more than others can read, as a text of digits.
struct WholeNumber: Decodable {
    let value: UInt64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let value = UInt64(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no whole number")
            }
            self.value = value
        } else {
            value = try container.decode(UInt64.self)
        }
    }
}
