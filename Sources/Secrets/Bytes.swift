import COpenSSL

/// Lends the bytes of a collection as one piece of memory, copying only those that are not one already.
func withBytes<Result>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    bytes.withContiguousStorageIfAvailable(body) ?? Array(bytes).withUnsafeBufferPointer(body)
}

/// An array that a C function fills.
func filled(_ count: Int, by fill: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let start = buffer.baseAddress else { return }
        fill(start)
        initialized = count
    }
}

/// Whether two byte strings are the same, in a time that depends on their lengths only.
///
/// For whatever is compared with a secret: MACs, tokens, hashes, client states.
public func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    withBytes(left) { left in
        withBytes(right) { right in
            guard left.count == right.count else { return false }
            guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
            return parley_equal(leftStart, rightStart, left.count) == 1
        }
    }
}

/// Whether two texts are the same bytes, in a time that depends on their lengths only.
public func constantTimeEqual(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    constantTimeEqual(Array(left.utf8), Array(right.utf8))
}

/// Fails when the libcrypto that was loaded lacks an algorithm. Ask once at start: later calls take it for granted.
public func checkAlgorithms() throws(SecretsError) {
    guard parley_ready() == 1 else { throw .algorithmMissing }
}

/// Random bytes for keys and tokens, from libcrypto's generator (seeded by the operating system).
///
/// Throws `noRandomness` rather than returning anything weaker.
public func randomBytes(_ count: Int) throws(SecretsError) -> [UInt8] {
    var good = true
    let bytes = filled(count) { good = parley_random($0, count) == 1 }
    guard good else { throw .noRandomness }
    return bytes
}
