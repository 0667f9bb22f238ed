import ArgumentParser
import Mime
import Reading

/// `parley mail`: what concerns messages as files.
struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Look at messages.", subcommands: [MailReadCommand.self])
}

/// `parley mail read`: what Parley understands of a message, as JSON.
struct MailReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Print what Parley understands of a message, as JSON.",
        discussion: """
            Prints one JSON object per FILE. With --batch, reads JSON Lines from standard input, each with an \
            id and either a path or raw_base64, and prints one JSON object for each of them as soon as it is read.
            """)

    @Argument(help: "Messages as files (RFC 5322); - is standard input.")
    var files: [String] = []

    @Flag(help: "Read JSON Lines with {\"id\", \"path\"} or {\"id\", \"raw_base64\"} from standard input.")
    var batch = false

    func validate() throws {
        guard batch != !files.isEmpty else { throw ValidationError("Give either FILE… or --batch.") }
    }

    func run() throws {
        if batch {
            MailReadBatch.run()
            return
        }
        var failed = false
        for file in files {
            switch MailReadSource.octets(atPath: file) {
            case .success(let octets):
                MailReadSource.print(MailReadRecord.json(id: .string(file), octets: octets))
            case .failure(let problem):
                failed = true
                MailReadSource.print(MailReadRecord.json(id: .string(file), error: problem.message))
            }
        }
        if failed { throw ExitCode.failure }
    }
}
