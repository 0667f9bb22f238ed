import Desk
import Synchronization

/// The life of one process, which can be ended at any commit: nothing that it does afterwards has an effect.
///
/// Commits are what leaves a trace: those of use cases, and what the queue is told. Whatever a process does between two
/// commits is lost with it, so killing it before or after each commit is killing it everywhere.
public final class ProcessLife: Sendable {
    /// On which side of a commit the process is killed.
    public enum Moment: String, Sendable, CaseIterable { case before, after }

    private struct State {
        var commits = 0
        var isDead = false
    }

    private let state = Mutex(State())
    private let last: Int
    private let moment: Moment

    /// A process that is killed before or after its commit number `last`, counted from 1; by default it is not.
    public init(endsAt last: Int = .max, _ moment: Moment = .before) {
        self.last = last
        self.moment = moment
    }

    /// How many commits it has come to.
    public var commits: Int { state.withLock { $0.commits } }
    /// Whether it is over.
    public var isDead: Bool { state.withLock { $0.isDead } }
    /// Ends it.
    public func end() { state.withLock { $0.isDead = true } }

    /// The books as this process uses them.
    public func books(_ books: Books) -> Books {
        var mortal = books
        mortal.commit = { organization, changes in
            try await self.commit { try await books.commit(organization, changes) }
        }
        mortal.jobs.claim = { worker, now, lease, most in
            try await self.commit { try await books.jobs.claim(worker, now, lease, most) }
        }
        mortal.jobs.postpone = { job, postponement in
            try await self.commit { try await books.jobs.postpone(job, postponement) }
        }
        mortal.jobs.releaseJobsOfDeadWorkers = { now in
            try await self.commit { try await books.jobs.releaseJobsOfDeadWorkers(now) }
        }
        return mortal
    }

    /// The mail server as this process uses it: the dead send nothing.
    public func mail(_ mail: MailPort) -> MailPort {
        var mortal = mail
        mortal.send = { email in self.isDead ? .unknown("The process is dead.") : await mail.send(email) }
        mortal.sendToStaff = { letter in
            self.isDead ? .unknown("The process is dead.") : await mail.sendToStaff(letter)
        }
        return mortal
    }

    /// The receivers of webhooks as this process uses them: the dead tell nothing.
    public func courier(_ courier: CourierPort) -> CourierPort {
        var mortal = courier
        mortal.post = { post in
            self.isDead ? .failed("The process is dead.") : await courier.post(post)
        }
        return mortal
    }

    private func commit<Answer: Sendable>(_ make: () async throws -> Answer) async throws -> Answer {
        let number = try state.withLock { state in
            guard !state.isDead else { throw ProcessDied() }
            state.commits += 1
            if state.commits == last, moment == .before {
                state.isDead = true
                throw ProcessDied()
            }
            return state.commits
        }
        let answer = try await make()
        guard number == last else { return answer }
        end()
        throw ProcessDied()
    }
}

/// What a killed process would never see: it stands for the end of everything that it was about to do.
public struct ProcessDied: Error {
    public init() {}
}
