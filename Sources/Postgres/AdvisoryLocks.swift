#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The number of an advisory lock (section 13.3.5 of the PostgreSQL documentation).
public struct LockKey: Hashable, Sendable {
    /// The 64 bits.
    public let number: Int64

    /// A lock with a number of its own.
    public init(_ number: Int64) { self.number = number }

    /// The lock of one record of a kind. Two records may share a number by chance, which only makes one wait.
    public init(_ kind: StaticString, _ record: UUID) {
        // FNV-1a, 64 bits: the same in every version of the program and on every machine.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(kind.description.utf8) + record.octets {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        number = Int64(bitPattern: hash)
    }
}

/// Session-level advisory locks, held on a connection of their own for as long as that lives.
///
/// When the connection is lost, so are all its locks: whoever depends on one asks ``confirm()`` right before the step
/// that must not be done twice. They do not work through a pooler in transaction mode.
public actor AdvisoryLocks {
    private let connection: Connection
    private var held: Set<LockKey> = []

    /// Connects.
    public init(_ configuration: Configuration) async throws {
        connection = try await Connection.open(configuration)
    }

    /// Takes a lock if nobody holds it, in this process or elsewhere; never waits for the holder.
    ///
    /// - Returns: whether the caller holds it now.
    public func take(_ key: LockKey) async throws -> Bool {
        // The server would grant it twice to the same session.
        guard held.insert(key).inserted else { return false }
        do {
            let isTaken = try await connection.session("SELECT pg_try_advisory_lock(\(key.number))") == "t"
            if !isTaken { held.remove(key) }
            return isTaken
        } catch {
            held.remove(key)
            throw error
        }
    }

    /// Gives a lock back.
    public func giveBack(_ key: LockKey) async throws {
        guard held.remove(key) != nil else { return }
        _ = try await connection.session("SELECT pg_advisory_unlock(\(key.number))")
    }

    /// Whether the session lives, and with it all locks: one round trip.
    ///
    /// - Throws: ``PostgresError/connectionLost(reason:)`` when all of them are gone.
    public func confirm() async throws { _ = try await connection.session("SELECT 1") }

    /// Gives all locks back and disconnects.
    public func close() async {
        // The end of the session gives them back as well, though only once the server has noticed; so a connection that
        // is lost already is no reason to fail.
        if !held.isEmpty { _ = try? await connection.session("SELECT pg_advisory_unlock_all()") }
        held = []
        await connection.close()
    }
}
