import Testing

/// One room of the house: a folder of `Sources`, the floor it is on, and what it may import.
struct Room: Sendable, CustomTestStringConvertible {
    let floor: Int
    let name: String
    /// Rooms of the same house.
    let rooms: Set<String>
    /// Modules of packages and of the system.
    let modules: Set<String>

    init(_ floor: Int, _ name: String, rooms: Set<String> = [], modules: Set<String> = []) {
        self.floor = floor
        self.name = name
        self.rooms = rooms
        self.modules = modules
    }

    var testDescription: String { name }
}

/// The floors of the house, from the ground up. An arrow points to a lower floor only.
enum FloorPlan {
    static let rooms: [Room] = [
        Room(0, "CCrypt"),
        Room(0, "CGMime"),
        Room(0, "CLibcurl"),
        Room(0, "CLibpq"),
        Room(0, "CLibxml2"),
        Room(0, "COpenSSL"),
        Room(0, "CResolv"),
        Room(0, "CSupervise"),
        Room(1, "Negotiation", modules: foundation),
        Room(1, "Reading", rooms: ["Negotiation"]),
        Room(1, "Jinja", modules: platform),
        Room(1, "Postgres", rooms: ["CLibpq"], modules: foundation.union(platform)),
        Room(1, "Curl", rooms: ["CLibcurl"], modules: platform.union(["Dispatch"])),
        Room(1, "Embedded", rooms: ["CSupervise"], modules: platform),
        Room(1, "Secrets", rooms: ["CCrypt", "COpenSSL"], modules: foundation),
        Room(2, "Mime", rooms: ["CGMime", "CLibxml2", "Negotiation", "Reading"]),
        Room(2, "Desk", rooms: ["Jinja", "Negotiation", "Reading"], modules: foundation),
        Room(3, "Store", rooms: ["Desk", "Negotiation", "Postgres", "Reading"], modules: foundation),
        Room(
            3, "Mail", rooms: ["CResolv", "Curl", "Desk", "Mime", "Negotiation", "Reading", "Secrets"],
            modules: foundation.union(platform).union(["Dispatch"])),
        Room(3, "Courier", rooms: ["Curl", "Desk", "Negotiation"], modules: platform),
        Room(3, "Hooks", rooms: ["Desk", "Mime", "Secrets"]),
        Room(
            3, "Web", rooms: ["Desk", "Hooks", "Jinja", "Negotiation", "Secrets"],
            modules: foundation.union([
                "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOPosix",
                "ServiceLifecycle",
            ])),
        Room(
            3, "ParleyTesting", rooms: ["Desk", "Jinja", "Negotiation", "Reading"],
            modules: foundation.union(["Testing"])),
        Room(
            4, "parley",
            rooms: [
                "Courier", "Curl", "Desk", "Embedded", "Hooks", "Jinja", "Mail", "Mime", "Negotiation",
                "Postgres", "Reading", "Secrets", "Store", "Web",
            ],
            modules: foundation.union(platform).union([
                "ArgumentParser", "Dispatch", "Logging", "ServiceLifecycle", "Yams",
            ])),
    ]

    static func room(_ name: some StringProtocol) -> Room? { rooms.first { $0.name == name } }

    /// From whom to whom an arrow may stay on one floor: `Money` is what a message is about, and the web server verifies
    /// what providers deliver to it.
    static let sameFloor: Set<[String]> = [["Reading", "Negotiation"], ["Web", "Hooks"]]

    /// Rooms without clock, randomness, input or output: these arrive as arguments.
    static let pure: Set<Substring> = ["Negotiation", "Reading", "Jinja"]

    /// For identifiers, dates and JSON; what in it reaches the world is kept out of pure rooms by a rule of its own.
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials"]

    /// The C library, by its name on each platform.
    private static let platform: Set<String> = ["Darwin", "Glibc", "Musl"]

    /// Modules that any room may import: nothing in them reaches the world.
    static let everywhere: Set<String> = ["Synchronization"]
}
