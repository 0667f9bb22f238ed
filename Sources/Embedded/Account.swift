#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The user of the machine that the server runs as. Postgres refuses to run as root.
struct Account: Sendable, Equatable {
    let user: uid_t
    let group: gid_t
    /// Whether that is another than the one Parley runs as.
    let isOther: Bool

    /// Users that a server started by root may run as, best first.
    private static let candidates = ["postgres", "parley", "nobody"]

    /// The account for a home: who owns the data, or, for a new home, a user without privileges.
    static func forData(at data: String, home: String) throws(EmbeddedError) -> Account {
        let own = geteuid()
        if let owner = status(of: data).map({ (user: $0.st_uid, group: $0.st_gid) }) {
            if owner.user == own, own != 0 { return Account(user: own, group: getegid(), isOther: false) }
            guard own == 0, owner.user != 0 else {
                throw .homeOwnedByOther(home: home, user: name(of: owner.user))
            }
            return Account(user: owner.user, group: owner.group, isOther: true)
        }
        if own != 0 { return Account(user: own, group: getegid(), isOther: false) }
        for candidate in candidates {
            if let entry = entry(of: candidate) {
                return Account(user: entry.user, group: entry.group, isOther: true)
            }
        }
        throw .noUnprivilegedUser
    }

    /// How much room one entry of the user database may take, in bytes.
    private static let entryLimit = 16_384

    private static func entry(of name: String) -> (user: uid_t, group: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: entryLimit)
        guard getpwnam_r(name, &entry, &buffer, entryLimit, &found) == 0, found != nil, entry.pw_uid != 0
        else {
            return nil
        }
        return (entry.pw_uid, entry.pw_gid)
    }

    private static func name(of user: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: entryLimit)
        guard getpwuid_r(user, &entry, &buffer, entryLimit, &found) == 0, found != nil else {
            return String(user)
        }
        return String(cString: entry.pw_name)
    }
}
