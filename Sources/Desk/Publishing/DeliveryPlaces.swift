import Negotiation
import Synchronization

/// How many receivers are told something at the same time by this process. Each may take its time, so they are bounded
/// apart from all other work, and no organization can take every place.
final class DeliveryPlaces: Sendable {
    private let taken = Mutex<[OrganizationID: Int]>([:])
    private let closed = Mutex(false)

    /// In all, and of one organization.
    private static let (most, mostOfOne) = (12, 4)

    /// Whether nothing more is to be begun.
    var isClosed: Bool { closed.withLock { $0 } }

    func close() { closed.withLock { $0 = true } }

    /// Takes a place; `false` where none is free.
    func take(_ organization: OrganizationID) -> Bool {
        taken.withLock { taken in
            guard taken.values.reduce(0, +) < Self.most, taken[organization, default: 0] < Self.mostOfOne
            else { return false }
            taken[organization, default: 0] += 1
            return true
        }
    }

    /// Gives a place back.
    func leave(_ organization: OrganizationID) {
        taken.withLock { taken in
            let rest = taken[organization, default: 1] - 1
            taken[organization] = rest == 0 ? nil : rest
        }
    }
}

extension Office {
    /// Has this process tell nobody anything more; what is on its way is put on record, and the rest is left to others.
    public func stopDelivering() { deliveryPlaces.close() }
}

/// Other receivers are being told something, and this one has to wait for its turn.
struct NoDeliveryPlace: Error {}
