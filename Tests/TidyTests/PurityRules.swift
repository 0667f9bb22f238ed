extension Rule {
    /// Pure rooms, and money that is exact everywhere.
    static let ofPurity: [Rule] = [
        Rule(
            "a pure room has no clock, no randomness, no input or output, no tasks",
            in: { FloorPlan.pure.contains($0.room) && sources($0) },
            forbids: [
                #"\bDate(\(\)|\.now)"#, #"\b(Continuous|Suspending|System)Clock\b"#, #"\.random\("#,
                #"\bUUID\(\)"#,
                #"\bSystemRandomNumberGenerator\b"#, #"\b(FileManager|FileHandle|ProcessInfo|CommandLine)\b"#,
                #"(^|[^.\w])(print|debugPrint|readLine|getenv|fopen|clock_gettime)\("#,
                #"\bTask(\.detached)?\b\s*[({]"#,
                #"\basync\b"#,
            ].joined(separator: "|"),
            offender: .example("let now = Date()", room: "Negotiation"),
            keeper: .example("func expired(at now: Instant) -> Bool", room: "Negotiation")),
        Rule(
            "money is never a binary fraction",
            in: { ["Negotiation", "Desk", "Store", "Mail", "Reading"].contains($0.room) && sources($0) },
            forbids: #"\b(Double|Float)\b"#,
            offender: .example("let price: Double", room: "Negotiation"),
            keeper: .example("let price: Amount", room: "Negotiation")),
    ]
}
