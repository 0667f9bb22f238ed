import Desk
import Negotiation
import Synchronization

/// Collects deliveries that come at the same time and writes them together: one wait for the disk serves all of them.
///
/// There is no thread of its own. Whoever comes while nothing of its organization is being written leads: it writes its
/// own delivery, with all that wait, and hands the lead to the next. While one transaction is under way the next one
/// collects, so that a lone delivery never waits for company.
final class WebhookCollector: Sendable {
    private let intake: WebhookIntake
    private let bell: Bell
    private let state = Mutex(State())

    /// The most deliveries of a transaction.
    private static let mostTogether = 128
    /// The most bytes of a transaction beyond the first delivery's.
    private static let mostBytesTogether = 8 << 20
    /// The most deliveries that wait; the next is told to come again.
    private static let mostWaiting = 2_000
    /// The most bytes that wait.
    private static let mostWaitingBytes = 64 << 20

    private struct Waiting: Sendable {
        let number: Int
        let delivery: InboundDelivery
        let continuation: CheckedContinuation<Turn, any Error>
    }

    private enum Turn: Sendable {
        case done(InboundReceipt)
        case lead
    }

    /// Who waits, oldest first, and of which organizations somebody leads.
    private struct State: Sendable {
        var queues: [OrganizationID: [Waiting]] = [:]
        var led: Set<OrganizationID> = []
        var count = 0
        var bytes = 0
        var numbers = 0

        mutating func add(_ all: [Waiting], first: Bool = false) {
            for waiting in all {
                count += 1
                bytes += waiting.delivery.size
            }
            guard let organization = all.first?.delivery.organizationID else { return }
            let queue = queues[organization] ?? []
            queues[organization] = first ? all + queue : queue + all
        }

        mutating func remove(_ places: Range<Int>, of organization: OrganizationID) -> [Waiting] {
            let all = Array(queues[organization]?[places] ?? [])
            queues[organization]?.removeSubrange(places)
            for waiting in all {
                count -= 1
                bytes -= waiting.delivery.size
            }
            return all
        }
    }

    init(_ database: Database, _ bell: Bell) {
        intake = WebhookIntake(database: database)
        self.bell = bell
    }

    /// Stores a delivery; once this returns, it is on the disk.
    @Sendable func receive(_ delivery: InboundDelivery) async throws -> InboundReceipt {
        let organization = delivery.organizationID
        let leads = try state.withLock { state in
            if state.led.insert(organization).inserted { return true }
            guard state.count < Self.mostWaiting, state.bytes + delivery.size <= Self.mostWaitingBytes else {
                throw CommitRefusal.unavailable("too many webhooks wait to be stored")
            }
            return false
        }
        if !leads, case .done(let receipt) = try await turn(delivery) { return receipt }
        return try await lead(delivery, of: organization)
    }

    /// Waits until the delivery was stored with others, or it is its turn to lead.
    private func turn(_ delivery: InboundDelivery) async throws -> Turn {
        let number = state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                let waiting = Waiting(number: number, delivery: delivery, continuation: continuation)
                let leads = state.withLock { state in
                    // Whoever led may have ended since this one came.
                    if state.led.insert(delivery.organizationID).inserted { return true }
                    state.add([waiting])
                    return false
                }
                if leads { continuation.resume(returning: .lead) }
            }
        } onCancel: {
            leave(number, delivery.organizationID)
        }
    }

    /// Takes somebody who does not wait any longer out of the queue, if it is still in it.
    private func leave(_ number: Int, _ organization: OrganizationID) {
        let left = state.withLock { state -> [Waiting] in
            guard let place = state.queues[organization]?.firstIndex(where: { $0.number == number }) else {
                return []
            }
            return state.remove(place..<(place + 1), of: organization)
        }
        for waiting in left { waiting.continuation.resume(throwing: CancellationError()) }
    }

    // MARK: Leading

    private func lead(_ own: InboundDelivery, of organization: OrganizationID) async throws -> InboundReceipt
    {
        let others = takeWaiting(of: organization)
        do {
            let outcome = try await intake.write([own] + others.map(\.delivery), of: organization)
            for (waiting, receipt) in zip(others, outcome.receipts.dropFirst()) {
                waiting.continuation.resume(returning: .done(receipt))
            }
            passOn(organization)
            if outcome.hasWork { await bell.ring() }
            return outcome.receipts[0]
        } catch {
            return try await separate(own, others, of: organization, after: error)
        }
    }

    private func takeWaiting(of organization: OrganizationID) -> [Waiting] {
        state.withLock { state in
            var bytes = 0
            let fitting = (state.queues[organization] ?? []).prefix(Self.mostTogether - 1).prefix { waiting in
                bytes += waiting.delivery.size
                return bytes <= Self.mostBytesTogether
            }
            return state.remove(0..<fitting.count, of: organization)
        }
    }

    /// Hands the lead to whoever waits longest.
    private func passOn(_ organization: OrganizationID) {
        let next = state.withLock { state -> Waiting? in
            guard state.queues[organization]?.isEmpty == false else {
                state.queues[organization] = nil
                state.led.remove(organization)
                return nil
            }
            return state.remove(0..<1, of: organization).first
        }
        next?.continuation.resume(returning: .lead)
    }

    /// Nothing of a transaction that failed is kept: one delivery that cannot be stored must not take others with it, nor
    /// may a leader who is being cancelled.
    private func separate(
        _ own: InboundDelivery, _ others: [Waiting], of organization: OrganizationID, after error: any Error
    ) async throws -> InboundReceipt {
        let mayBeOneAlone = !others.isEmpty && Self.isAboutContent(error)
        if Task.isCancelled || mayBeOneAlone {
            // Everybody leads a transaction of their own, one after the other.
            state.withLock { $0.add(others, first: true) }
        } else {
            for waiting in others { waiting.continuation.resume(throwing: error) }
        }
        guard mayBeOneAlone, !Task.isCancelled else {
            passOn(organization)
            throw error
        }
        do {
            let outcome = try await intake.write([own], of: organization)
            passOn(organization)
            if outcome.hasWork { await bell.ring() }
            return outcome.receipts[0]
        } catch {
            passOn(organization)
            throw error
        }
    }

    private static func isAboutContent(_ error: any Error) -> Bool {
        switch error {
        case CommitRefusal.unavailable, is CancellationError: false
        default: true
        }
    }
}
