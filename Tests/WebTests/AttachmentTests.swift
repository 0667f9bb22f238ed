import Desk
import Foundation
import HTTPTypes
import NIOCore
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("Files that go along with emails")
struct AttachmentTests {
    private static let pdf = "JVBERi0xLjcK"

    private func body(_ files: [(String, String, String)], _ more: String = "") -> String {
        let list = files.map { name, type, content in
            "{\"filename\":\"\(name)\",\"content_type\":\"\(type)\",\"content\":\"\(content)\"}"
        }
        return "{\"attachments\":[\(list.joined(separator: ","))]\(more)}"
    }

    @Test("a program attaches files, sees them with size and digest, and gets them back")
    func api() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let opened = try await visit.post(
                "/v1/negotiations/\(id)/open", key: team.key,
                body([("drawing.pdf", "application/pdf", Self.pdf), ("Maße.txt", "text/plain", "cm90")]))
            #expect(opened.status == 200, "\(opened.text)")
            let email = try #require(try opened.string("email.id"))
            let seen = try await visit.get("/v1/emails/\(email)", key: team.key)
            #expect(try seen.string("attachments.0.filename") == "drawing.pdf")
            #expect(try seen.member("attachments.0.size")?.integer == 9)
            #expect(
                try seen.string("attachments.0.sha256")
                    == SHA256.hex(try #require(Base64.standard.decode(Self.pdf.utf8))))
            let request = try #require(try opened.string("approval.id"))
            let view = try await visit.get("/v1/approvals/\(request)", key: team.key)
            #expect(try view.string("attachments.1.filename") == "Maße.txt")
            let file = try await visit.get("/v1/emails/\(email)/attachments/2", key: team.key)
            #expect(file.status == 200 && file.text == "rot")
            #expect(file.headers[.contentType] == "text/plain")
            #expect(file.headers[.contentDisposition] == "attachment; filename*=UTF-8''Ma%C3%9Fe.txt")
            for number in ["0", "3", "x", "-1"] {
                let none = try await visit.get("/v1/emails/\(email)/attachments/\(number)", key: team.key)
                #expect(none.status == 404, "\(number)")
            }
        }
    }

    @Test("an edit by a program keeps the files unless it names others")
    func patch() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let opened = try await visit.post(
                "/v1/negotiations/\(id)/open", key: team.key, body([("a.txt", "text/plain", "cm90")]))
            let email = try #require(try opened.string("email.id"))
            func names(_ json: String) async throws -> [String?] {
                let edited = try await visit.call(.patch, "/v1/emails/\(email)", key: team.key, json: json)
                #expect(edited.status == 200, "\(edited.text)")
                return try edited.member("attachments")?.array?.map { $0["filename"]?.string } ?? []
            }
            #expect(try await names("{\"subject\":\"Other\"}") == ["a.txt"])
            #expect(try await names(body([("b.txt", "text/plain", "cm90")])) == ["b.txt"])
            #expect(try await names("{\"attachments\":[]}") == [])
        }
    }

    @Test(
        "what is no file is refused where it stands",
        arguments: [
            ("{\"attachments\":{}}", "attachments"), ("{\"attachments\":[1]}", "attachments"),
            ("{\"attachments\":[{\"filename\":\"a.txt\"}]}", "attachments[0].content_type"),
            (
                "{\"attachments\":[{\"filename\":\"a.txt\",\"content_type\":\"text/plain\",\"content\":\"!\"}]}",
                "attachments[0].content"
            ),
            (
                "{\"attachments\":[{\"filename\":\"a.txt\",\"content_type\":\"text/plain\",\"content\":\"cm90\",\"x\":1}]}",
                "attachments[0].x"
            ),
            (
                "{\"attachments\":[{\"filename\":\"a/b\",\"content_type\":\"text/plain\",\"content\":\"cm90\"}]}",
                "attachments[0].filename"
            ),
        ])
    func refused(json: String, field: String) async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let answer = try await visit.post("/v1/negotiations/\(id)/open", key: team.key, json)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(try answer.string("field") == field)
        }
    }

    @Test("a request that may bring files may be larger than others, up to its own limit")
    func size() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        let large = String(repeating: "QUFB", count: 512 * 1024)
        let huge = String(repeating: "QUFB", count: 4 * 1024 * 1024)
        try await room.visiting { visit in
            let path = "/v1/negotiations/\(id)"
            let answer = try await visit.post(
                "\(path)/cancel", key: team.key, "{\"reason\":\"\(large)\"}")
            #expect(answer.status == 413)
            let refused = try await visit.post(
                "\(path)/open", key: team.key, body([("a.txt", "text/plain", huge)]))
            #expect(refused.status == 413)
            let taken = try await visit.post(
                "\(path)/open", key: team.key, body([("a.txt", "text/plain", large)]))
            #expect(taken.status == 200)
        }
    }

    // MARK: Pages

    /// Sends a form with files as browsers do.
    private func send(
        _ visit: Visitors, _ path: String, _ fields: [(String, String)],
        _ files: [(name: String, type: String, content: String)], cookie: String
    ) async throws -> Answer {
        var body = ""
        for (name, value) in fields {
            body += "--xYz\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        for file in files {
            body +=
                "--xYz\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"\(file.name)\"\r\n"
                + "Content-Type: \(file.type)\r\n\r\n\(file.content)\r\n"
        }
        var headers = HTTPFields()
        headers[.contentType] = "multipart/form-data; boundary=xYz"
        headers[.cookie] = cookie
        return Answer(
            try await visit.client.executeRequest(
                uri: path, method: .post, headers: headers, body: ByteBuffer(string: body + "--xYz--\r\n")))
    }

    @Test(
        "a person attaches files by the form, leaves one out by another, and the approver gets what is left")
    func pages() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/\(id)", cookies: [max]).csrfToken
            let none = (name: "", type: "application/octet-stream", content: "")
            let opened = try await send(
                visit, "/negotiations/\(id)/open", [("csrf_token", token), ("price", "950")],
                [
                    (name: "colours.txt", type: "text/plain", content: "red\r\n"),
                    (name: "<b>.txt", type: "text/plain", content: "green"),
                ], cookie: max)
            #expect(opened.status == 303, "\(opened.text)")
            let page = try await visit.page("/negotiations/\(id)", cookies: [max])
            #expect(page.text.contains("colours.txt</a>") && page.text.contains("&lt;b&gt;.txt"))
            let email = try #require(room.store.read { $0.emails.last })
            let edited = try await send(
                visit, "/emails/\(email.id)/edit",
                [
                    ("csrf_token", token), ("subject", "Hello"), ("body_text", "We offer 950."),
                    ("leave_out_1", "yes"),
                ],
                [none, (name: "more.txt", type: "text/plain; charset=utf-8", content: "blue")], cookie: max)
            #expect(edited.status == 303, "\(edited.text)")
            let file = try await visit.page("/emails/\(email.id)/attachments/2", cookies: [max])
            #expect(file.status == 200 && file.text == "blue")

            let link = try await room.link(to: team.manager)
            let sheet = try await visit.page("/approve/\(link)", cookies: [])
            #expect(sheet.text.contains("more.txt") && !sheet.text.contains("colours.txt"))
            #expect(sheet.text.contains(SHA256.hex(Array("blue".utf8))))
            let behind = try await visit.page("/approve/\(link)/attachments/1", cookies: [])
            #expect(behind.status == 200 && behind.text == "green")
            #expect(behind.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            #expect(try await visit.page("/approve/\(link)x/attachments/1", cookies: []).status == 404)
            #expect(try await visit.page("/approve/\(link)/attachments/3", cookies: []).status == 404)
        }
    }

    @Test("a file that is refused is said on the page, at its field; a damaged form is refused whole")
    func refusedOnPage() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/\(id)", cookies: [max]).csrfToken
            let refused = try await send(
                visit, "/negotiations/\(id)/open", [("csrf_token", token), ("price", "950")],
                [(name: ".hidden", type: "text/plain", content: "x")], cookie: max)
            #expect(refused.status == 422 && refused.text.contains("href=\"#open-attachments\""))
            var headers = HTTPFields()
            headers[.contentType] = "multipart/form-data; boundary=xYz"
            headers[.cookie] = max
            let cut = try await visit.client.executeRequest(
                uri: "/negotiations/\(id)/open", method: .post, headers: headers,
                body: ByteBuffer(
                    string: "--xYz\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n\(token)"))
            #expect(cut.status.code == 400)
            #expect(room.store.read { $0.emails.isEmpty })
        }
    }
}
