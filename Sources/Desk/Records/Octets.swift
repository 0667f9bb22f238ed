/// Sizes for people.
public enum Octets {
    /// A number of octets in the unit that suits it, such as `14 kB`.
    public static func words(_ count: Int) -> String {
        switch count {
        case ..<1024: "\(count) bytes"
        case ..<(1024 * 1024): "\(count / 1024) kB"
        default: "\(count / 1024 / 1024) MB"
        }
    }
}
