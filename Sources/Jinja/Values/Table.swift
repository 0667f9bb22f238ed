/// Keys and values in order of insertion, with a hashed index once there are too many to look through.
struct Table: Sendable {
    private(set) var keys: [Value] = []
    private(set) var values: [Value] = []
    /// Positions by hash with open addressing, -1 where none; empty while there are few keys.
    private var slots: [Int32] = []
    /// Up to this many keys a look through them all is quicker than hashing one.
    private static let scanned = 8

    init() {}

    init(capacity: Int) {
        keys.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    var count: Int { keys.count }

    @inline(__always)
    subscript(key: Text) -> Value? {
        if slots.isEmpty {
            for position in 0..<keys.count {
                switch keys[position] {
                case .string(let text), .markup(let text):
                    if text.bytes.equals(key.bytes) { return values[position] }
                default: continue
                }
            }
            return Optional.none
        }
        return hashed(key)
    }

    private func hashed(_ key: Text) -> Value? {
        var slot = Int(truncatingIfNeeded: key.bytes.quickHash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let position = Int(slots[slot])
            switch keys[position] {
            case .string(let text), .markup(let text):
                if text.bytes.equals(key.bytes) { return values[position] }
            default: break
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return Optional.none
    }

    subscript(key: Value) -> Value? { position(of: key).map { values[$0] } }

    func position(of key: Value) -> Int? {
        if slots.isEmpty { return keys.firstIndex { $0 == key } }
        var slot = Int(truncatingIfNeeded: Self.hash(key)) & (slots.count - 1)
        while slots[slot] >= 0 {
            if keys[Int(slots[slot])] == key { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func hash(_ key: Value) -> UInt64 {
        if let text = key.text { return text.bytes.quickHash }
        return UInt64(truncatingIfNeeded: key.hashValue)
    }

    mutating func set(_ key: Value, _ value: Value) {
        if let position = position(of: key) {
            values[position] = value
            return
        }
        keys.append(key)
        values.append(value)
        if keys.count > Self.scanned {
            if keys.count * 2 > slots.count { reindex() } else { insert(keys.count - 1) }
        }
    }

    @discardableResult
    mutating func remove(_ key: Value) -> Value? {
        guard let position = position(of: key) else { return Optional.none }
        keys.remove(at: position)
        let value = values.remove(at: position)
        reindex()
        return value
    }

    mutating func removeLast() -> (Value, Value)? {
        guard let key = keys.popLast(), let value = values.popLast() else { return nil }
        reindex()
        return (key, value)
    }

    mutating func removeAll() { self = Table() }

    private mutating func reindex() {
        slots = []
        guard keys.count > Self.scanned else { return }
        var size = 32
        while size < keys.count * 4 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for position in keys.indices { insert(position) }
    }

    private mutating func insert(_ position: Int) {
        var slot = Int(truncatingIfNeeded: Self.hash(keys[position])) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(position)
    }
}
