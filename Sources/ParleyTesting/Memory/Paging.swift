import Desk
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a row stands in a list: by a key, then by its id.
struct Place<Key: Comparable & LosslessStringConvertible>: Comparable {
    let key: Key
    let id: UUID

    init(_ key: Key, _ id: UUID) {
        self.key = key
        self.id = id
    }

    /// Reads what ``text`` wrote.
    init(_ cursor: String) throws {
        let fault = DeskError.invalid(
            field: "cursor", "use next_cursor of the page before as it is, or leave it out")
        guard let data = Data(base64Encoded: cursor),
            let text = String(validating: data, as: UTF8.self), text.count > 36,
            let id = UUID(uuidString: String(text.prefix(36))), let key = Key(String(text.dropFirst(36)))
        else { throw fault }
        self.init(key, id)
    }

    var text: String { Data((id.uuidString + key.description).utf8).base64EncodedString() }

    static func < (left: Place, right: Place) -> Bool {
        left.key == right.key ? left.id.uuidString < right.id.uuidString : left.key < right.key
    }
}

extension PageRequest {
    /// One page of a list in ascending order of places.
    func ascending<Item, Key>(_ items: [Item], by place: (Item) -> Place<Key>) throws -> Page<Item> {
        let start: Place<Key>? = try cursor.map { try Place($0) }
        let sorted = items.map { (place($0), $0) }.sorted { $0.0 < $1.0 }
        return cut(sorted.filter { entry in start.map { entry.0 > $0 } ?? true })
    }

    /// One page of a list in descending order of places.
    func descending<Item, Key>(_ items: [Item], by place: (Item) -> Place<Key>) throws -> Page<Item> {
        let start: Place<Key>? = try cursor.map { try Place($0) }
        let sorted = items.map { (place($0), $0) }.sorted { $0.0 > $1.0 }
        return cut(sorted.filter { entry in start.map { entry.0 < $0 } ?? true })
    }

    private func cut<Item, Key>(_ rest: [(Place<Key>, Item)]) -> Page<Item> {
        let count = min(max(limit, 1), Page<Item>.largestLimit)
        let taken = rest.prefix(count)
        return Page(
            items: taken.map(\.1), nextCursor: rest.count > count ? taken.last?.0.text : nil)
    }
}

extension Sequence {
    /// In ascending order of an instant, then of an id.
    func inOrder(of instant: (Element) -> Instant, _ id: (Element) -> UUID) -> [Element] {
        map { (Place(instant($0).microseconds, id($0)), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
