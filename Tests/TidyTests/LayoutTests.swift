import Foundation
import Testing

@Suite("The layout of the checkout")
struct LayoutTests {
    @Test("the top level holds what a stranger expects there, and nothing else")
    func topLevel() throws {
        let known: Set<String> = [
            "CHANGELOG.md", "Fixtures", "LICENSE", "Package.resolved", "Package.swift", "README.md",
            "Sources", "Templates", "Tests", "deploy",
        ]
        let others = try Checkout.names(in: ".").filter { !$0.hasPrefix(".") && !known.contains($0) }
        #expect(others.isEmpty, "not at home at the top level: \(others)")
    }

    @Test("scripts can be run", arguments: ["deploy/run", "deploy/test", "deploy/bench", ".ci/run"])
    func executable(_ script: String) {
        #expect(FileManager.default.isExecutableFile(atPath: Checkout.top.appending(path: script).path))
    }

    @Test("migrations are numbered from 1 without a gap and say what they do")
    func migrationNumbers() throws {
        let names = try Checkout.names(in: "Sources/Store/Migrations")
        for (place, name) in names.enumerated() {
            let match = try #require(
                name.wholeMatch(of: #/(\d{4})_[a-z_]+\.sql/#), "\(name) is no migration's name")
            #expect(Int(match.output.1) == place + 1, "\(name) is number \(place + 1)")
        }
    }

    @Test(
        "links and pictures of the pages lead to something that is there",
        arguments: ["README.md", "deploy/README.md", "Templates/README.md"])
    func links(_ page: String) throws {
        let folder = page.split(separator: "/").dropLast().joined(separator: "/")
        for link in try Checkout.text(page).matches(of: #/\]\((?<target>[^)#:\s]+)\)/#).map(\.output.target) {
            let path = Checkout.top.appending(path: folder).appending(path: String(link)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(page) points to \(link)")
        }
    }

    @Test("what lies beside the sources is told about in the map of the house")
    func map() throws {
        let readme = try Checkout.text("README.md")
        for room in FloorPlan.rooms where room.name != "ParleyTesting" {
            #expect(readme.contains("`\(room.name)`"), "README.md does not mention \(room.name)")
        }
    }
}
