import Foundation
import Testing

@testable import Mail

struct MaildirTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parley-maildir-\(UUID())").path()

    private func withMaildir(_ body: (Maildir) throws -> Void) throws {
        let maildir = try Maildir(at: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(maildir)
    }

    @Test("a delivered message appears in new, whole, and nothing is left in tmp")
    func delivers() throws {
        try withMaildir { maildir in
            let bytes = Array(repeating: UInt8(7), count: 100_000)
            try maildir.deliver(bytes, as: "a.parley")
            #expect(maildir.unread() == ["a.parley"])
            #expect(maildir.read("a.parley") == bytes)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tmp").isEmpty)
        }
    }

    @Test("delivering under the same name again changes nothing, also after a reader has moved the message")
    func deliversOnce() throws {
        try withMaildir { maildir in
            try maildir.deliver([1], as: "a")
            try maildir.markRead("a")
            #expect(maildir.contains("a"))
            try maildir.deliver([2], as: "a")
            #expect(maildir.unread().isEmpty)
            #expect(maildir.all() == ["a:2,S"])
            #expect(maildir.read("a:2,S") == [1])
        }
    }

    @Test("a name that another begins with is not taken for it")
    func doesNotMixUpNames() throws {
        try withMaildir { maildir in
            try maildir.deliver([1], as: "email.1.parley")
            #expect(!maildir.contains("email.1"))
            #expect(!maildir.contains("email.11.parley"))
        }
    }

    @Test("a folder that cannot be made is an error that says what to do")
    func unusableFolder() throws {
        try withMaildir { maildir in
            try maildir.deliver([1], as: "file")
            let error = #expect(throws: MailError.self) { try Maildir(at: "\(folder)/new/file/inside") }
            #expect(error?.description.contains("Give Parley a folder that it may write to") == true)
        }
    }

    @Test("what is set aside is kept beside new")
    func setsAside() throws {
        try withMaildir { maildir in
            try maildir.deliver([1], as: "big")
            try maildir.set(aside: "big", in: "too-large")
            #expect(maildir.unread().isEmpty)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/too-large/big"))
        }
    }
}
