/// Bounds of the HTTP server, each with its unit.
public struct WebLimits: Sendable {
    /// The largest request head, in bytes: request line and all header fields.
    public var headerBytes = 16 * 1024
    /// The most header fields of a request.
    public var headerFields = 100
    /// The largest body of a JSON request or a form, in bytes.
    public var bodyBytes = 1024 * 1024
    /// The largest body of a request that may bring files, in bytes: ``Desk/EmailFile/mostOctets`` in base64, and the rest.
    public var uploadBytes = 15 * 1024 * 1024
    /// The longest that a request may take, its body included, in seconds.
    public var requestSeconds: Int64 = 30
    /// The longest that the body of a webhook may take to come, in seconds; shorter than a request may take.
    public var hookSeconds: Int64 = 20
    /// What bodies of webhooks may take in memory, all in all, in bytes.
    public var hookBytes = 96 * 1024 * 1024
    /// The longest that a connection may be idle, in seconds.
    public var idleSeconds: Int64 = 60
    /// Connections that are open at the same time; more wait in the queue of the operating system.
    public var connections = 1000
    /// Connections that wait there.
    public var backlog = 256

    public init() {}
}
