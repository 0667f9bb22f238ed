import Reading

/// What was found out about who wrote a message, as it is kept and shown.
public struct SenderReport: Hashable, Sendable, Codable {
    /// `verified`, `known`, `unknown` or `suspicious`.
    public let standing: String
    /// Whether it is another address at a domain of the vendor's own.
    public let isColleague: Bool
    /// Whether offers in the message may bind the vendor.
    public let isBinding: Bool
    /// The gravest first.
    public let warnings: [Warning]

    /// Something about the sender that a person should know.
    public struct Warning: Hashable, Sendable, Codable {
        /// The kind of warning, for programs: `lookalike_domain` and so on.
        public let code: String
        /// A sentence for people.
        public let text: String

        public init(code: String, text: String) {
            self.code = code
            self.text = text
        }
    }

    /// All that a sender's standing can be.
    public static let standings = SenderVerdict.Standing.allCases.map(\.rawValue)

    public init(standing: String, isColleague: Bool, isBinding: Bool, warnings: [Warning]) {
        self.standing = standing
        self.isColleague = isColleague
        self.isBinding = isBinding
        self.warnings = warnings
    }

    init(_ verdict: SenderVerdict) {
        self.init(
            standing: verdict.standing.rawValue, isColleague: verdict.isColleague,
            isBinding: verdict.isBinding,
            warnings: verdict.warnings.map { Warning(code: $0.code, text: $0.sentence) })
    }

    /// Whether somebody may pretend to be the vendor.
    public var isSuspicious: Bool { standing == SenderVerdict.Standing.suspicious.rawValue }
}
