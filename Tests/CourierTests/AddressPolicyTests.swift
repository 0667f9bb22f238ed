import Testing

@testable import Courier

@Suite("Where events may be brought")
struct AddressPolicyTests {
    private func verdict(_ text: String, _ policy: AddressPolicy = AddressPolicy()) throws
        -> AddressPolicy.Verdict
    {
        policy.verdict(on: try #require(NetworkRange.octets(of: text), "\(text) is no address"))
    }

    @Test(
        "addresses of the public internet are open",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111",
            "2a00:1450:4001:80b::200e", "2003::1", "2001:4860:4860::8888", "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ])
    func open(address: String) throws { #expect(try verdict(address) == .open) }

    @Test(
        "everything else is closed, in whatever form it is written",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
            "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
            "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
            "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::2", "::127.0.0.1",
            "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1",
            "2002:7f00:1::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
            "4000::1",
            "1::1", "::ffff:0:7f00:1",
        ])
    func closed(address: String) throws {
        guard case .closed = try verdict(address) else {
            Issue.record("\(address): \(try verdict(address))")
            return
        }
    }

    @Test("what an operator has named is let in, and nothing beside it")
    func named() throws {
        let policy = try #require(AddressPolicy("127.0.0.0/8, 10.1.2.0/23,fd00::/8,192.168.7.9"))
        for address in [
            "127.0.0.1", "10.1.3.255", "fd12::1", "192.168.7.9", "::ffff:10.1.2.1", "64:ff9b::a01:201",
        ] {
            #expect(try verdict(address, policy) == .allowed, "\(address)")
        }
        for address in ["10.1.4.0", "10.1.1.255", "192.168.7.8", "fc00::1", "169.254.169.254", "::1"] {
            guard case .closed = try verdict(address, policy) else {
                Issue.record("\(address) is let in")
                continue
            }
        }
        #expect(try verdict("1.1.1.1", policy) == .open)
    }

    @Test(
        "a network that is none is refused",
        arguments: ["10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "10.0.0.0/", "example.com", "/8"])
    func unreadable(text: String) { #expect(AddressPolicy(text) == nil) }

    @Test("octets of another number are no address")
    func odd() {
        guard case .closed = AddressPolicy().verdict(on: [1, 1, 1]) else {
            Issue.record("three octets are let in")
            return
        }
    }
}

@Suite("The address of a receiver")
struct ReceiverAddressTests {
    private let open = AddressPolicy()

    @Test(
        "an address of https with a name or a public number will do",
        arguments: [
            "https://example.com", "https://example.com/hooks?team=7", "https://example.com:8443/x",
            "HTTPS://EXAMPLE.com/", "https://1.1.1.1/x", "https://[2606:4700:4700::1111]/x",
        ])
    func fine(url: String) { #expect(ReceiverAddress.objection(to: url, open) == nil) }

    @Test(
        "anything else is refused with the rule that it breaks",
        arguments: [
            ("http://example.com/x", "https://"), ("ftp://example.com/x", "such as"),
            ("example.com", "such as"),
            ("https://", "such as"), ("https://user:secret@example.com/", "without user"),
            ("https://user@example.com/", "without user"), ("https://example.com/#a", "fragment"),
            ("https://example.com/a b", "such as"), ("https://example.com:22/", "port 22"),
            ("https://example.com:25/", "port 25"), ("https://example.com:0/", "such as"),
            ("https://127.0.0.1/", "this machine"), ("https://169.254.169.254/latest", "local link"),
            ("https://[::1]/", "must not lead"), ("https://[::ffff:10.0.0.1]/", "private"),
            ("file:///etc/passwd", "such as"), ("", "such as"),
        ])
    func refused(url: String, words: String) throws {
        let objection = try #require(ReceiverAddress.objection(to: url, open))
        #expect(objection.contains(words), "\(objection)")
    }

    @Test("what is too long is refused")
    func long() {
        #expect(
            ReceiverAddress.objection(to: "https://a.example/" + String(repeating: "a", count: 2048), open)
                != nil)
    }

    @Test("where an operator has named networks, http will do in them alone")
    func http() throws {
        let policy = try #require(AddressPolicy("10.0.0.0/8"))
        #expect(ReceiverAddress.objection(to: "http://10.0.0.7:9000/x", policy) == nil)
        #expect(ReceiverAddress.objection(to: "http://receiver.internal/x", policy) == nil)
        #expect(ReceiverAddress.objection(to: "http://1.1.1.1/x", policy)?.contains("https") == true)
        #expect(ReceiverAddress.objection(to: [1, 1, 1, 1], isEncrypted: false, policy) != nil)
        #expect(ReceiverAddress.objection(to: [10, 0, 0, 7], isEncrypted: false, policy) == nil)
    }
}
