internal import CLibcurl

/// One handle of libcurl, with the connection that it keeps open. Freed once, with its owner.
///
/// Not safe for several threads: it belongs to the queue of one connection.
final class Handle {
    private let raw: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?

    /// libcurl's own state, made once per process before the first handle.
    private static let isStarted: Bool = parley_curl_start() == CURLE_OK

    init() throws(CurlError) {
        guard Self.isStarted, let raw = curl_easy_init() else {
            throw .unreachable(server: "libcurl", reason: "there is no memory for a connection")
        }
        self.raw = raw
        // Signals would hit whatever thread the process has; timeouts work without them.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NETRC, 0)
    }

    deinit {
        curl_easy_cleanup(raw)
        curl_slist_free_all(list)
    }

    func set(_ option: CURLoption, _ value: Int) { parley_curl_set_long(raw, option, value) }
    func set(_ option: CURLoption, size: Int) { parley_curl_set_size(raw, option, curl_off_t(size)) }
    func set(_ option: CURLoption, _ value: String?) { parley_curl_set_text(raw, option, value) }

    /// Sets a list of texts, which lives until the next one.
    func set(_ option: CURLoption, list texts: [String]) {
        var new: UnsafeMutablePointer<curl_slist>?
        for text in texts { new = curl_slist_append(new, text) }
        parley_curl_set_list(raw, option, new)
        curl_slist_free_all(list)
        list = new
    }

    func set(_ option: CURLoption, context: UnsafeMutableRawPointer?) {
        parley_curl_set_pointer(raw, option, context)
    }

    func set(_ option: CURLoption, transfer: @escaping parley_curl_transfer) {
        parley_curl_set_transfer(raw, option, transfer)
    }

    /// Has the sockets of connections opened by `open`, which is called with `context`.
    func set(open: @escaping parley_curl_open, context: UnsafeMutableRawPointer) {
        parley_curl_set_open(raw, open)
        set(CURLOPT_OPENSOCKETDATA, context: context)
    }

    /// Has every line of the dialogue told to `dialogue`, which the caller keeps alive.
    func trace(to dialogue: Dialogue) {
        parley_curl_set_trace(raw) { _, kind, data, size, context in
            guard let context, let data else { return 0 }
            let dialogue = Unmanaged<Dialogue>.fromOpaque(context).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: data, count: size)
            switch kind {
            case CURLINFO_HEADER_OUT: dialogue.sent(bytes)
            case CURLINFO_HEADER_IN: dialogue.received(bytes)
            default: break
            }
            return 0
        }
        set(CURLOPT_DEBUGDATA, context: Unmanaged.passUnretained(dialogue).toOpaque())
        set(CURLOPT_VERBOSE, 1)
    }

    /// Where to connect, how to sign in, and whom to trust.
    func set(_ server: ServerAddress, scheme: String, path: String = "") throws(CurlError) {
        guard server.isPlain else { throw .unsendable("\(server.name) is no host and port") }
        set(CURLOPT_URL, server.url(scheme, path: path))
        set(CURLOPT_PROTOCOLS_STR, "\(scheme),\(scheme)s")
        set(CURLOPT_USE_SSL, server.security == .none ? parley_curl_ssl_none : parley_curl_ssl_all)
        set(CURLOPT_CONNECTTIMEOUT, server.connectSeconds)
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, server.replySeconds)
        if case .authorities(let file) = server.trust {
            set(CURLOPT_CAINFO, file)
            set(CURLOPT_CAPATH, nil)
        }
        guard let credentials = server.credentials else { return }
        set(CURLOPT_USERNAME, credentials.user)
        switch credentials.secret {
        case .password(let password): set(CURLOPT_PASSWORD, password)
        case .accessToken(let token):
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2")
            set(CURLOPT_XOAUTH2_BEARER, token)
        }
    }

    /// Runs what was set, and gives what libcurl says of it; nil when it went well.
    func perform() -> CURLcode? {
        let result = curl_easy_perform(raw)
        return result == CURLE_OK ? nil : result
    }

    // MARK: A connection that is only made, and then spoken on

    var socket: Int32? {
        var socket = curl_socket_t(-1)
        return parley_curl_get_socket(raw, &socket) == CURLE_OK && socket >= 0 ? socket : nil
    }

    /// Sends what fits.
    func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        var sent = 0
        return Transfer(curl_easy_send(raw, bytes.baseAddress, bytes.count, &sent), sent)
    }

    /// Receives what is there; 0 bytes are the end of the connection.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        var received = 0
        return Transfer(curl_easy_recv(raw, buffer.baseAddress, buffer.count, &received), received)
    }

    /// What came of sending or receiving.
    enum Transfer {
        case bytes(Int)
        /// The socket is not ready.
        case wait
        case failed(CURLcodeError)

        init(_ code: CURLcode, _ count: Int) {
            self =
                switch code {
                case CURLE_OK: .bytes(count)
                case CURLE_AGAIN: .wait
                default: .failed(CURLcodeError(code))
                }
        }
    }
}

/// An error of libcurl, with its own words.
struct CURLcodeError: Error {
    let code: CURLcode

    init(_ code: CURLcode) { self.code = code }

    var reason: String { String(cString: curl_easy_strerror(code)) }

    /// What it means for a conversation with `server` in which `dialogue` was heard.
    func failure(with server: ServerAddress, _ dialogue: Dialogue) -> CurlError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_URL_MALFORMAT:
            .unreachable(server: server.name, reason: reason)
        case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND:
            .unsafe(server: server.name, reason: reason)
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR:
            .signIn(server: server.name, reply: dialogue.lastWords ?? reason)
        case CURLE_OPERATION_TIMEDOUT where !dialogue.hasBegun:
            .unreachable(server: server.name, reason: "it did not answer in time")
        case CURLE_OPERATION_TIMEDOUT: .brokenOff(server: server.name, reason: "it fell silent")
        case CURLE_WEIRD_SERVER_REPLY where !dialogue.hasBegun:
            .unreachable(server: server.name, reason: dialogue.lastWords ?? reason)
        default: .brokenOff(server: server.name, reason: reason)
        }
    }
}
