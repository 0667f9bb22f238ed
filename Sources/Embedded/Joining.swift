#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension EmbeddedPostgres {
    /// How long a gateway that is just starting is waited for.
    private static let patience: Duration = .seconds(20)
    private static let glance: Duration = .milliseconds(50)

    /// Where the server of the gateway that holds this home can be reached, for commands that work beside it.
    ///
    /// - Returns: `nil` when no gateway holds the home, so that one's own server can be started.
    public static func connectionStringOfRunning(home: String) async -> String? {
        guard let home = resolved(home) else { return nil }
        let data = home + "/postgres"
        let began = ContinuousClock.now
        while isHeld(home), began.duration(to: .now) < patience {
            // The file of a server that was killed stays behind: only one that lives counts.
            if let file = PostmasterFile(in: data), file.isReady, file.isServer(of: data),
                let folder = file.socketFolder
            {
                return connectionString(socketFolder: folder == Program.folderPath ? data : folder)
            }
            guard (try? await Task.sleep(for: glance)) != nil else { return nil }
        }
        return nil
    }

    private static func isHeld(_ home: String) -> Bool {
        guard let lock = Descriptor(open: home + "/lock", O_RDWR) else { return false }
        // Taken for a moment only, and given back as the descriptor is closed.
        return flock(lock.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
