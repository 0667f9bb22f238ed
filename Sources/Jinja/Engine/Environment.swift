import Synchronization

/// Options, a loader and the templates compiled so far. One environment serves any number of threads.
public final class Environment: Sendable {
    /// How templates are read and rendered.
    public let options: Options
    private let loader: Loader
    private let cache: Mutex<[String: Code]> = Mutex([:])
    private let knownNames = Mutex(KnownNames())

    public init(options: Options = Options(), loader: Loader = .empty) {
        self.options = options
        self.loader = loader
    }

    /// The template of that name, compiled when it is first asked for.
    ///
    /// - Throws: `notFound` if the loader does not have it, `syntax` or `limit` if it cannot be compiled.
    public func template(named name: String) throws(TemplateError) -> Template {
        Template(environment: self, code: try code(named: name))
    }

    /// Compiles a source. Its name decides about autoescape and is what errors show; it is not kept.
    public func compile(_ source: String, name: String = "<template>") throws(TemplateError) -> Template {
        try compile(utf8: Array(source.utf8), name: name)
    }

    /// Compiles a source of UTF-8 bytes; bytes that are not UTF-8 are replaced.
    public func compile(utf8 source: [UInt8], name: String = "<template>") throws(TemplateError) -> Template {
        Template(environment: self, code: try code(source, name: name))
    }

    private func code(_ source: [UInt8], name: String) throws(TemplateError) -> Code {
        var source = source
        if !source.isASCII { source = Array(String(decoding: source, as: UTF8.self).utf8) }
        let (code, hasNewNames) = try Parser.compile(
            source, name: name, options: options, autoescape: options.autoescape.applies(to: name),
            known: knownNames.withLock { $0 })
        if hasNewNames { knownNames.withLock { $0 = $0.adding(code.names) } }
        return code
    }

    func code(named name: String) throws(TemplateError) -> Code {
        if let known = cache.withLock({ $0[name] }) { return known }
        let source: String?
        do {
            source = try loader.load(name)
        } catch {
            let fault = Fault(kind: .notFound, message: "\(name): \(error)")
            throw TemplateError(fault, template: name, source: [], at: 0)
        }
        guard let source else {
            throw TemplateError(Fault(kind: .notFound, message: name), template: name, source: [], at: 0)
        }
        let code = try code(Array(source.utf8), name: name)
        cache.withLock { cache in
            // Forgetting all at once is rare and needs no bookkeeping.
            if cache.count >= options.limits.cachedTemplates { cache.removeAll() }
            cache[name] = code
        }
        return code
    }

    /// Forgets compiled templates, after their sources have changed.
    public func forgetTemplates() { cache.withLock { $0.removeAll() } }
}

/// A compiled template: immutable, to be rendered any number of times on any thread.
public struct Template: Sendable {
    let environment: Environment
    let code: Code

    /// The name it was compiled under.
    public var name: String { code.name }

    /// Renders to a string. `now` is what `now()`-like filters would otherwise ask a clock for.
    public func render(
        _ context: Value = Value([(String, Value)]()), now: Timestamp = Timestamp(seconds: 0),
        locale: Locale = .english
    ) throws(TemplateError) -> String {
        String(decoding: try bytes(context, now: now, locale: locale), as: UTF8.self)
    }

    /// Renders with names that have no order.
    public func render(
        _ context: [String: Value], now: Timestamp = Timestamp(seconds: 0), locale: Locale = .english
    ) throws(TemplateError) -> String {
        try render(Value(context), now: now, locale: locale)
    }

    /// Renders to UTF-8 bytes.
    ///
    /// - Parameters:
    ///   - context: a dictionary; anything else counts as an empty one.
    ///   - now: what `now` means to the filters of dates, and the seed of `random` and `lipsum`.
    ///   - locale: how numbers, amounts and dates are written where a filter does not say.
    public func bytes(
        _ context: Value, now: Timestamp = Timestamp(seconds: 0), locale: Locale = .english
    ) throws(TemplateError) -> [UInt8] {
        var given = Table()
        if case .dict(let dict) = context { given = dict.table }
        if let output = try attempt(given, isThawed: code.mutates, now: now, locale: locale) { return output }
        // A template that it includes changes what it was given. A render has no other effects, so it can
        // begin again, with copies.
        return try attempt(given, isThawed: true, now: now, locale: locale) ?? []
    }

    /// One render; nil if it has to begin again with values of its own that may be changed.
    private func attempt(
        _ given: Table, isThawed: Bool, now: Timestamp, locale: Locale
    ) throws(TemplateError) -> [UInt8]? {
        let root = Context(code: code, locals: isThawed ? given.thawed() : given, outer: nil)
        var marker: UInt8 = 0
        let stack = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
        var renderer = Renderer(
            environment: environment, code: code, context: root, now: now, locale: locale, stackStart: stack)
        renderer.isThawed = isThawed
        defer {
            renderer.finish()
            root.clear()
        }
        do {
            try renderer.runRoot(code, context: root)
        } catch {
            if renderer.needsThawing { return nil }
            if let located = renderer.located { throw located }
            throw TemplateError(
                error, template: renderer.code.name, source: renderer.code.source, at: Int(renderer.at))
        }
        return renderer.out
    }
}

extension Table {
    /// A copy whose lists and dictionaries may be changed without anybody else noticing.
    func thawed() -> Table {
        var seen: [ObjectIdentifier: Value] = [:]
        var table = Table(capacity: count)
        for (key, value) in zip(keys, values) { table.set(key, value.thawed(&seen)) }
        return table
    }
}

extension Value {
    /// Values that were one object stay one object.
    fileprivate func thawed(_ seen: inout [ObjectIdentifier: Value]) -> Value {
        switch self {
        case .list(let list) where list.isFrozen:
            if let known = seen[ObjectIdentifier(list)] { return known }
            let copy = Value.list(List(mutable: list.items.map { $0.thawed(&seen) }))
            seen[ObjectIdentifier(list)] = copy
            return copy
        case .dict(let dict) where dict.isFrozen:
            if let known = seen[ObjectIdentifier(dict)] { return known }
            var table = Table(capacity: dict.count)
            for (key, value) in zip(dict.table.keys, dict.table.values) {
                table.set(key, value.thawed(&seen))
            }
            let copy = Value.dict(Dict(mutable: table))
            seen[ObjectIdentifier(dict)] = copy
            return copy
        default: return self
        }
    }
}
