extension Value {
    /// The value under a key of a dictionary; nil for other values and unknown keys.
    public subscript(key: String) -> Value? {
        guard case .dict(let dict) = self else { return nil }
        return dict[Text(key)]
    }

    /// The keys of a dictionary that are strings, in order; empty for other values.
    public var keys: [String] {
        guard case .dict(let dict) = self else { return [] }
        return dict.table.keys.compactMap { $0.text?.string }
    }

    /// The items of a list or tuple; empty for other values.
    public var items: [Value] {
        switch self {
        case .list(let list), .tuple(let list): list.items
        default: []
        }
    }

    /// The letters of a plain or safe string.
    public var string: String? { text?.string }
}
