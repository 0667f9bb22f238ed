// swift-tools-version:6.1
import PackageDescription

/// The floor plan: a target may depend only on targets of the floors below it. `Tests/TidyTests` reads the imports.
let package = Package(
    name: "parley",
    products: [
        .library(name: "Jinja", targets: ["Jinja"]),
        .executable(name: "parley", targets: ["parley"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: floor0 + floor1 + floor2 + floor3 + floor4 + tests,
    swiftLanguageModes: [.v6]
)

/// System libraries, each behind a module map or a small shim.
var floor0: [Target] {
    [
        .systemLibrary(
            name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CCrypt", linkerSettings: [.linkedLibrary("crypt")]),
        .target(name: "CResolv", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CSupervise"),
        .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
    ]
}

/// Pure rooms, and what owns a C library.
var floor1: [Target] {
    [
        .target(name: "Negotiation"),
        .target(name: "Jinja"),
        .target(name: "Reading", dependencies: ["Negotiation"]),
        .target(name: "Postgres", dependencies: ["CLibpq"]),
        .target(name: "Curl", dependencies: ["CLibcurl"]),
        .target(name: "Secrets", dependencies: ["COpenSSL", "CCrypt"]),
        .target(name: "Embedded", dependencies: ["CSupervise"]),
    ]
}

/// What messages are made of, and the use cases.
var floor2: [Target] {
    [
        .target(name: "Mime", dependencies: ["Reading", "Negotiation", "CGMime", "CLibxml2"]),
        .target(name: "Desk", dependencies: ["Negotiation", "Reading", "Jinja"]),
    ]
}

/// What the use cases reach the world through.
var floor3: [Target] {
    [
        .target(
            name: "Store", dependencies: ["Desk", "Negotiation", "Reading", "Postgres"],
            exclude: ["Migrations"]),
        .target(
            name: "Mail",
            dependencies: ["CResolv", "Curl", "Desk", "Negotiation", "Reading", "Mime", "Secrets"]),
        .target(name: "Courier", dependencies: ["Curl", "Desk", "Negotiation"]),
        .target(name: "Hooks", dependencies: ["Secrets"]),
        .target(
            name: "Web",
            dependencies: [
                "Desk", "Negotiation", "Jinja", "Secrets", "Hooks",
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
    ]
}

/// The executable: commands, configuration, wiring.
var floor4: [Target] {
    [
        .executableTarget(
            name: "parley",
            dependencies: [
                "Courier", "Curl", "Desk", "Embedded", "Hooks", "Jinja", "Mail", "Mime", "Negotiation",
                "Postgres", "Reading", "Secrets", "Store", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ])
    ]
}

/// `Tests/<Target>Tests` mirror the sources; `Tests/Peers` holds what other languages test.
var tests: [Target] {
    let store = ["catalogue.sql", "gate.sql", "promises.sql", "services.sql", "situation.sql"]
    return [
        .target(name: "ParleyTesting", dependencies: ["Desk", "Negotiation", "Reading", "Jinja"]),
        .executableTarget(name: "EmbeddedHost", dependencies: ["Embedded"], path: "Tests/EmbeddedHost"),
        .executableTarget(name: "CurlBench", dependencies: ["Curl"], path: "Tests/CurlBench"),
        .executableTarget(
            name: "PostgresBench", dependencies: ["Embedded", "Postgres"], path: "Tests/PostgresBench"),
        .executableTarget(
            name: "JobsBench",
            dependencies: ["Desk", "Store", "Negotiation", "Embedded", "Postgres", "ParleyTesting"],
            path: "Tests/JobsBench"),
        .testTarget(name: "TidyTests"),
        .testTarget(name: "NegotiationTests", dependencies: ["Negotiation"]),
        .testTarget(name: "ReadingTests", dependencies: ["Reading", "Negotiation"]),
        .testTarget(name: "JinjaTests", dependencies: ["Jinja"]),
        .testTarget(name: "CurlTests", dependencies: ["Curl"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "Embedded"]),
        .testTarget(name: "EmbeddedTests", dependencies: ["Embedded", "EmbeddedHost"]),
        .testTarget(name: "SecretsTests", dependencies: ["Secrets"]),
        .testTarget(name: "MimeTests", dependencies: ["Mime", "Reading", "Negotiation"]),
        .testTarget(
            name: "DeskTests", dependencies: ["Desk", "Negotiation", "Reading", "Jinja", "ParleyTesting"]),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "Desk", "Negotiation", "Reading", "Jinja", "Secrets", "Postgres", "Embedded",
                "ParleyTesting",
            ],
            exclude: store),
        .testTarget(name: "MailTests", dependencies: ["Mail", "Desk", "Negotiation", "Reading", "Secrets"]),
        .testTarget(name: "CourierTests", dependencies: ["Courier", "Curl", "Desk", "Negotiation"]),
        .testTarget(name: "HooksTests", dependencies: ["Hooks", "Secrets"]),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Desk", "Negotiation", "Jinja", "Reading", "Secrets", "ParleyTesting",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ParleyTests",
            dependencies: [
                "parley", "Desk", "ParleyTesting", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
    ]
}
