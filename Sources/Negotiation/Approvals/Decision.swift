/// How somebody says yes or no.
public enum DecisionChannel: String, Sendable, CaseIterable, Codable {
    case link, page, api
}

/// What somebody says to the question whether an email may be sent.
public enum Decision: String, Sendable, CaseIterable, Codable {
    /// Yes, exactly as it is.
    case approve
    /// No, and it comes to nothing.
    case reject
    /// Not like this: it goes back to whoever wrote it.
    case changes
}
