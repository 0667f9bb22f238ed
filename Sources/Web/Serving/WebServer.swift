import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP server: the API, the pages, and what machines ask about the gateway.
public struct WebServer: Sendable {
    private let reception: Reception
    private let gatehouse: Gatehouse
    private let log: Logger

    /// Puts the server together. Throws ``WebError`` when a page template is missing or broken.
    public init(_ reception: Reception, log: Logger) throws(WebError) {
        let renderer = try PageRenderer(folder: reception.templateFolder)
        let (tally, doorkeeper, hooks) = (Tally(), Doorkeeper(reception), HookDesk(reception))
        // The book is needed by what stands before the routes, so they are written down twice: once to know them all.
        let sketch = Router(context: WebContext.self)
        let book = Self.addRoutes(to: sketch, reception, renderer, doorkeeper, tally, hooks)
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ErrorDesk(book: book, pages: renderer))
        _ = Self.addRoutes(to: router, reception, renderer, doorkeeper, tally, hooks)
        self.reception = reception
        self.log = log
        gatehouse = Gatehouse(
            inner: router.buildResponder(), limits: reception.limits, tally: tally,
            isSecure: reception.office.settings.publicURL.hasPrefix("https:"))
    }

    private static func addRoutes(
        to router: Router<WebContext>, _ reception: Reception, _ renderer: PageRenderer,
        _ doorkeeper: Doorkeeper,
        _ tally: Tally, _ hooks: HookDesk
    ) -> RouteBook {
        var book = RouteBook()
        HookDoor(desk: hooks).add(to: router, &book)
        APIRoutes(reception: reception, tally: tally, doorkeeper: doorkeeper, hooks: hooks).add(
            to: router, &book)
        PageDesk(reception: reception, renderer: renderer, doorkeeper: doorkeeper, hooks: hooks)
            .add(to: router, &book)
        return book
    }

    /// Listens and answers until the task is cancelled or its service group shuts down gracefully: then no new
    /// connections are taken and the requests under way are finished. Throws ``WebError`` when it cannot listen.
    ///
    /// - Parameters:
    ///   - host: a name or an address, without brackets
    ///   - port: 0 lets the system choose
    ///   - onListening: is told the port once requests are taken
    public func serve(host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void)
        async throws
    {
        let application = application(host: host, port: port) { channel in
            await onListening(channel.localAddress?.port ?? port)
        }
        do {
            try await application.run()
        } catch let error as IOError {
            throw error.errnoCode == EADDRINUSE
                ? WebError.addressInUse(host: host, port: port)
                : WebError.cannotListen(host: host, port: port, "\(error)")
        } catch let error where error is SocketAddressError || error is SocketAddressError.UnknownHost {
            throw WebError.cannotListen(host: host, port: port, "\(error)")
        }
    }

    func application(
        host: String = "127.0.0.1", port: Int = 0,
        onListening: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> Application<Gatehouse> {
        let limits = reception.limits
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerFields)
        return Application(
            responder: gatehouse,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(limits.idleSeconds), httpDecoderConfiguration: decoder)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: limits.backlog,
                availableConnectionsDelegate: .maximum(limits.connections, logger: log)),
            onServerRunning: onListening, logger: log)
    }
}
