internal import CSupervise

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program to run as a child, and what it may have.
struct Program {
    var path: String
    var arguments: [String]
    var account: Account?
    /// The folder the child gets as ``Program/folderPath``.
    var folder: Descriptor?
    var input: Descriptor?
    var output: Descriptor?
    /// What the child gets when the thread that started it ends.
    var deathSignal = SIGKILL

    /// Where a child finds its folder. A descriptor opens it even where the server's user may not enter the folders
    /// above, such as `/root`; and it stays the right one when the folder is renamed.
    static let folderPath = "/proc/self/fd/3"

    /// Nothing of the gateway's own environment, which may hold secrets and libpq settings.
    private static let environment = [
        "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_MESSAGES=C", "TZ=UTC",
    ]

    /// Starts it, from the thread that shall be its parent for as long as it lives.
    func start() throws(Complaint) -> Child {
        let started = withCStrings([path] + arguments) { arguments in
            withCStrings(Self.environment) { environment in
                path.withCString { path in
                    var launch = parley_launch()
                    launch.path = path
                    launch.arguments = arguments
                    launch.environment = environment
                    launch.drops_privileges = account?.isOther == true ? 1 : 0
                    launch.user = account?.user ?? 0
                    launch.group = account?.group ?? 0
                    launch.folder = folder?.number ?? -1
                    launch.input = input?.number ?? -1
                    launch.output = output?.number ?? -1
                    launch.death_signal = deathSignal
                    return parley_start(&launch)
                }
            }
        }
        guard started > 0 else { throw Complaint("\(path): \(String(cString: strerror(-started)))") }
        return Child(process: started)
    }
}

/// Why a child could not be started.
struct Complaint: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A child process. Only the thread that started it may use it: that thread alone reaps it, so that its number cannot
/// come to mean another process while a signal is on its way.
struct Child {
    let process: pid_t
    private let ending: Descriptor?

    /// How often a child is looked at where the kernel has no descriptors for processes.
    private static let glance: Duration = .milliseconds(100)

    init(process: pid_t) {
        self.process = process
        let descriptor = parley_process_descriptor(process)
        ending = descriptor >= 0 ? Descriptor(descriptor) : nil
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    /// How the child ended, if it has: afterwards it must not be asked again.
    func reap() -> Ending? {
        var status: Int32 = 0
        return parley_reap(process, &status) != 0 ? Ending(status: status) : nil
    }

    func signal(_ number: Int32) { kill(process, number) }

    /// Waits for the child to end.
    ///
    /// - Parameter alarm: ends the wait early when it is raised.
    /// - Returns: `nil` when the time is over or the alarm was raised.
    func wait(atMost limit: Duration?, alarm: Signal? = nil) -> Ending? {
        let deadline = limit.map { ContinuousClock.now + $0 }
        while true {
            if let ending = reap() { return ending }
            let left = deadline.map { ContinuousClock.now.duration(to: $0) }
            if let left, left <= .zero { return nil }
            let pause = ending == nil ? min(left ?? Self.glance, Self.glance) : left
            let alarmNumber = alarm?.descriptor.number ?? -1
            waitForAny([ending?.number ?? -1, alarmNumber], atMost: pause)
            if let alarm, alarm.isRaised { return reap() }
        }
    }
}

/// How a process ended, as `waitpid(2)` has it.
struct Ending: CustomStringConvertible {
    let status: Int32

    var isSuccess: Bool { status == 0 }

    var description: String {
        let signal = status & 0x7f
        return signal == 0
            ? "it ended with status \((status >> 8) & 0xff)" : "it was ended by signal \(signal)"
    }
}

extension Signal {
    /// Whether it was raised; stays so until ``clear()``.
    var isRaised: Bool {
        var watched = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) > 0
    }
}

/// Lends a list of strings as a C array that ends in NULL.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
