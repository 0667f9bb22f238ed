/// An answer of HTTP (RFC 9110).
public struct HTTPResponse: Hashable, Sendable {
    /// 200 to 599; what comes before the answer (1xx) is not told.
    public let status: Int
    public let headers: [HTTPHeader]
    /// At most ``HTTPLimits/largestBody`` bytes.
    public let body: [UInt8]
    /// Whether there was more of the body than was asked for; the rest was not read.
    public let isCut: Bool

    /// The value of the first header with this name, in whatever case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
