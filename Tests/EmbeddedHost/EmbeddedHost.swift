import Embedded

/// A gateway reduced to its database, so that tests can kill it: `EmbeddedHost HOME` prints one line, `ready …` or
/// `error …`, and stops the server when its input ends.
@main
struct EmbeddedHost {
    static func main() async {
        do {
            let server = try await EmbeddedPostgres.start(home: CommandLine.arguments.dropFirst().first ?? "")
            say("ready \(server.process ?? 0) \(server.connectionString())")
            while readLine() != nil {}
            await server.stop()
        } catch {
            say("error \(error)")
        }
    }

    /// Straight through a pipe's buffer.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
