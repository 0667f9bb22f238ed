import Testing

@Suite("The floor plan")
struct FloorPlanTests {
    @Test("every folder of Sources is a room, and every room is there")
    func rooms() throws {
        #expect(try Checkout.names(in: "Sources") == FloorPlan.rooms.map(\.name).sorted())
    }

    @Test(
        "arrows of the plan point down, but for those between rooms that the plan names",
        arguments: FloorPlan.rooms)
    func arrows(_ room: Room) throws {
        for name in room.rooms {
            let other = try #require(FloorPlan.room(name), "there is no room called \(name)")
            #expect(
                other.floor < room.floor || FloorPlan.sameFloor.contains([room.name, name]),
                "\(name) is not below \(room.name)")
        }
    }

    @Test("a room imports what the plan lets it import", arguments: Checkout.swiftSources)
    func imports(_ file: SourceFile) throws {
        let room = try #require(FloorPlan.room(file.room))
        let allowed = room.rooms.union(room.modules).union(FloorPlan.everywhere)
        for module in Imports.modules(of: file) {
            #expect(allowed.contains(module), "\(room.name) may not import \(module)")
        }
    }

    @Test("imports are found however they are written")
    func importForms() {
        let file = SourceFile(
            path: "Sources/Desk/Example.swift",
            text: """
                import Negotiation
                @testable import Store
                @preconcurrency public import Jinja
                import struct Web.Page; import Mail
                // import Comment
                let text = "import Text"
                """)
        #expect(Imports.modules(of: file) == ["Negotiation", "Store", "Jinja", "Web", "Mail"])
    }

    @Test(
        "the package gives a target the dependencies that the plan gives the room", arguments: FloorPlan.rooms
    )
    func dependencies(_ room: Room) throws {
        let targets = PackageManifest.dependencies(in: try Checkout.text("Package.swift"))
        let target = try #require(targets[room.name], "Package.swift has no target \(room.name)")
        let more = target.subtracting(room.rooms).sorted()
        #expect(more.isEmpty, "\(room.name) depends on \(more), which the plan does not give it")
    }

    @Test("targets and their dependencies are found in a package description")
    func manifest() {
        let targets = PackageManifest.dependencies(
            in: """
                .systemLibrary(name: "CLibpq", pkgConfig: "libpq"),
                .target(name: "Negotiation"),
                .target(
                    name: "Web", dependencies: ["Desk", .product(name: "Hummingbird", package: "hummingbird")])
                """)
        #expect(targets == ["CLibpq": [], "Negotiation": [], "Web": ["Desk"]])
    }

    @Test("every room above the ground floor has tests of its own", arguments: FloorPlan.rooms)
    func mirrored(_ room: Room) throws {
        guard room.floor > 0, room.name != "ParleyTesting" else { return }
        let folder = room.name == "parley" ? "ParleyTests" : "\(room.name)Tests"
        #expect(try !Checkout.names(in: "Tests/\(folder)").isEmpty)
    }
}
