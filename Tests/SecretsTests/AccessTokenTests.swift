import Foundation
import Testing

@testable import Secrets

@Suite("Access tokens")
struct AccessTokenTests {
    private let key = "0123456789abcdef0123456789abcdef"
    private let claims = AccessClaims(
        subject: UUID(), organization: UUID(), role: "org_admin",
        scopes: ["negotiations:write", "products:read"],
        session: UUID(), issuedAt: 1000, expiresAt: 1900)

    private func signer() throws -> AccessTokenSigner { AccessTokenSigner(try SecretKey(key)) }

    /// A token of any header and payload, signed with HS256 under the key.
    private func forged(_ header: String, _ payload: String) -> String {
        let signed = Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array(payload.utf8))
        return signed + "." + Base64.url.encode(HMACSHA256.code(signed.utf8, key: key.utf8))
    }

    private var payload: String {
        #"{"sub":"\#(claims.subject)","org":"\#(claims.organization)","role":"member","iat":1000,"exp":1900}"#
    }

    private let header = #"{"alg":"HS256","typ":"JWT"}"#

    private func refusal(_ token: String, at now: Int64 = 1500) throws -> AccessTokenRefusal? {
        let signer = try signer()
        let error = #expect(throws: SecretsError.self) { try signer.verify(token, unixSeconds: now) }
        guard case .accessTokenRefused(let refusal) = error else { return nil }
        return refusal
    }

    @Test("a signed token gives its claims back until it ends, give or take the leeway")
    func roundTrip() throws {
        let signer = try signer()
        let token = signer.sign(claims)
        #expect(try signer.verify(token, unixSeconds: 1500) == claims)
        #expect(try signer.verify(token, unixSeconds: 1929) == claims)
        #expect(try signer.verify(token, unixSeconds: 1899, leeway: 0) == claims)
        #expect(try refusal(token, at: 1930) == .expired)
        #expect(try signer.verify(token, unixSeconds: 970) == claims)
        #expect(try refusal(token, at: 969) == .notYetValid)
    }

    @Test("a change of any character is noticed")
    func tampered() throws {
        let token = try signer().sign(claims)
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            _ = try refusal(changed)
        }
        #expect(try refusal(AccessTokenSigner(try SecretKey(key + "x")).sign(claims)) == .wrongSignature)
    }

    @Test(
        "a header other than exactly HS256 and JWT is refused, well signed or not",
        arguments: [
            #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"None","typ":"JWT"}"#, #"{"alg":"HS512","typ":"JWT"}"#,
            #"{"alg":"RS256","typ":"JWT"}"#, #"{"alg":"hs256","typ":"JWT"}"#, #"{"alg":"HS256"}"#,
            #"{"alg":"HS256","typ":"JWT","crit":["exp"],"exp":1}"#, #"{"alg":"HS256","typ":"at+jwt"}"#,
            #"{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AA"}}"#, #"{"typ":"JWT"}"#,
            #"{"alg":["HS256"],"typ":"JWT"}"#,
        ])
    func algorithms(header: String) throws {
        #expect(try refusal(forged(header, payload)) == .wrongAlgorithm)
    }

    @Test("an unsigned token is refused")
    func unsigned() throws {
        let none = Base64.url.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
        let body = Base64.url.encode(Array(payload.utf8))
        #expect(try refusal("\(none).\(body).") == .wrongAlgorithm)
        let proper = Base64.url.encode(Array(header.utf8))
        #expect(try refusal("\(proper).\(body).") == .wrongSignature)
        #expect(try refusal("\(proper).\(body)") == .malformed)
    }

    @Test("duplicate names, foreign base64, extra parts and great length are refused")
    func malformed() throws {
        #expect(throws: Never.self) { try signer().verify(forged(header, payload), unixSeconds: 1500) }
        let twice = payload.dropLast() + #","exp":99999999999}"#
        #expect(try refusal(forged(header, String(twice))) == .malformed)
        #expect(try refusal(forged(#"{"alg":"none","alg":"HS256","typ":"JWT"}"#, payload)) == .malformed)
        let good = try signer().sign(claims)
        #expect(try refusal(good + "=") == .malformed)
        #expect(try refusal(good + ".x") == .malformed)
        #expect(try refusal(" " + good) == .malformed)
        #expect(try refusal(good + "\n") == .malformed)
        #expect(try refusal("") == .malformed)
        #expect(try refusal(String(repeating: "a", count: 100_000)) == .malformed)
        let long = payload.dropLast() + #","x":"\#(String(repeating: "y", count: 9000))"}"#
        #expect(try refusal(forged(header, String(long))) == .malformed)
    }

    @Test("the last character's unused bits cannot be changed")
    func loose() throws {
        let good = try signer().sign(claims)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(good.last.flatMap(alphabet.firstIndex(of:)))
        #expect(try refusal(String(good.dropLast()) + String(alphabet[last + 1])) == .malformed)
    }

    @Test("a token without one of its claims, or with one of the wrong kind, is refused")
    func claimsMissing() throws {
        for name in ["sub", "org", "role", "iat", "exp"] {
            let without = payload.replacing("\"\(name)\"", with: "\"x\"")
            #expect(try refusal(forged(header, without)) == .malformed, "\(name)")
        }
        for exp in ["null", "\"1900\"", "-1", "1e400", "[1900]"] {
            #expect(try refusal(forged(header, payload.replacing("1900", with: exp))) == .malformed, "\(exp)")
        }
    }

    @Test("a short SECRET_KEY is refused with a recipe")
    func shortKey() throws {
        let error = try #require(throws: SecretsError.self) { try SecretKey("short") }
        #expect(error == .secretKeyTooShort(bytes: 5, minimum: 32))
        #expect("\(error)".contains("openssl rand"))
    }

    @Test("PyJWT and joserfc read our tokens and we read theirs")
    func peer() throws {
        let signer = try signer()
        let ours = StrictJSON.string(signer.sign(claims))
        let theirs = try StrictJSON(Array(payload.utf8))
        let key = StrictJSON.string(key)
        let answers = try Peer.ask(
            ["op": "jwt_verify", "token": ours, "key": key],
            ["op": "jose_verify", "token": ours, "key": key],
            ["op": "jwt_sign", "claims": theirs, "key": key],
            ["op": "jose_sign", "claims": theirs, "key": key],
            ["op": "jwt_sign", "claims": theirs, "key": key, "alg": "HS384"],
            ["op": "jwt_sign", "claims": theirs, "key": "another key of thirty-two bytes!"])
        for answer in answers[..<2] {
            #expect(answer["sub"]?.string == claims.subject.uuidString.lowercased())
            #expect(answer["scope"]?.string == "negotiations:write products:read")
            #expect(answer["exp"]?.integer == 1900)
        }
        for answer in answers[2..<4] {
            let read = try signer.verify(try #require(answer.string), unixSeconds: 1500)
            #expect(read.role == "member" && read.subject == claims.subject)
        }
        #expect(try refusal(try #require(answers[4].string)) == .wrongAlgorithm)
        #expect(try refusal(try #require(answers[5].string)) == .wrongSignature)
    }
}
