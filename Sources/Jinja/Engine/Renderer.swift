/// One render: walks the flat form of a template and writes bytes.
///
/// A value type that is passed along `inout`: its fields are reached without dynamic checks of exclusive
/// access, and nothing of it outlives the render.
struct Renderer {
    let environment: Environment
    let limits: Limits
    let isStrict: Bool
    let now: Timestamp
    let locale: Locale
    var code: Code
    var context: Context
    var cells: Cells?
    /// The variables of all running functions, one after the other.
    var slots: [Value] = []
    var base = 0
    var out: [UInt8] = []
    var autoescape: Bool
    /// Steps that are left.
    var fuel: Int
    var recursion = 0
    /// Where in the source the last step stood that may fail.
    var at: UInt32 = 0
    /// The template that the running one extends.
    var parent: Code?
    /// What a filter block has collected.
    var collected: Value = .none
    /// Address of a local variable of the first frame, to know how much stack is in use.
    let stackStart: UInt
    var random: Randomness
    /// What has to be let go of in the end, as it may refer to itself.
    var cleanup = Cleanup()
    var modules: [ObjectIdentifier: Module] = [:]
    /// Bytes of output that lie in outer buffers while an inner one is filled.
    var outerBytes = 0
    /// Templates run because another one extends them.
    var chain = 0
    /// An error of another template that already has its place.
    var located: TemplateError?
    /// Whether lists and dictionaries of the context may be changed.
    var isThawed = false
    /// The render has to begin again with values that may be changed.
    var needsThawing = false

    struct Cleanup {
        var cells: [Cells] = []
        var contexts: [Context] = []
        var lists: [List] = []
        var dicts: [Dict] = []
    }

    init(
        environment: Environment, code: Code, context: Context, now: Timestamp, locale: Locale,
        stackStart: UInt
    ) {
        self.environment = environment
        limits = environment.options.limits
        isStrict = environment.options.undefined == .strict
        self.now = now
        self.locale = locale
        self.code = code
        self.context = context
        autoescape = code.autoescape
        fuel = environment.options.limits.instructions
        self.stackStart = stackStart
        random = Randomness(seed: UInt64(bitPattern: Int64(now.seconds)))
        slots.reserveCapacity(Int(code.frames.first?.slots ?? 0) + 16)
        out.reserveCapacity(code.source.count + code.source.count / 2)
    }

    // MARK: Limits

    @inline(__always)
    mutating func step() throws(Fault) {
        fuel &-= 1
        if fuel < 0 { throw exhausted }
    }

    private var exhausted: Fault { .limit("more than \(limits.instructions) steps") }

    /// Charges for `count` bytes or items at once.
    mutating func work(_ count: Int) throws(Fault) {
        fuel &-= 1 &+ count >> 6
        if fuel < 0 { throw exhausted }
    }

    /// Checks the size of a string before it is made.
    mutating func willMake(bytes: Int) throws(Fault) {
        if bytes > limits.stringBytes { throw .limit("a string of more than \(limits.stringBytes) bytes") }
        try work(bytes)
    }

    func checkLength(_ count: Int) throws(Fault) {
        if count > limits.loopLength { throw .limit("more than \(limits.loopLength) items") }
    }

    @inline(__always)
    func checkOutput() throws(Fault) {
        if out.count &+ outerBytes > limits.outputBytes {
            throw .limit("more than \(limits.outputBytes) bytes of output")
        }
    }

    func checkDepth(_ value: Value) throws(Fault) {
        if value.depth > limits.nesting { throw .limit("values nested deeper than \(limits.nesting) levels") }
    }

    func checkStack() throws(Fault) {
        var marker: UInt8 = 0
        let here = withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
        let used = here < stackStart ? stackStart - here : here - stackStart
        if used > UInt(limits.stackBytes) { throw .limit("more than \(limits.stackBytes) bytes of stack") }
    }

    /// Runs something one level deeper: a macro, an include, a block, a turn of a recursive loop.
    mutating func descend<Result>(
        _ body: (inout Renderer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        recursion += 1
        if recursion > limits.recursion {
            throw .limit("recursion deeper than \(limits.recursion) levels")
        }
        try checkStack()
        let result = try body(&self)
        recursion -= 1
        return result
    }

    // MARK: Functions

    /// Runs a function with slots of its own and comes back. After an error nothing is restored: the place
    /// of the error is still wanted, and the render is over.
    mutating func call<Result>(
        _ function: Int, of target: Code, cells outer: Cells?, context: Context,
        _ body: (inout Renderer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        let saved = (code, self.context, cells, base, autoescape)
        let entry = target.frames[function]
        code = target
        self.context = context
        cells = outer
        if entry.cells > 0 {
            let own = Cells(count: Int(entry.cells), parent: outer)
            cleanup.cells.append(own)
            cells = own
        }
        base = slots.count
        let size = Int(entry.slots)
        for _ in 0..<size { slots.append(.undefined(.unresolved)) }
        if let place = entry.selfPlace { set(place, .object(Object(.blocks(context)))) }
        reset(entry.resets)
        let result = try body(&self)
        slots.removeLast(size)
        (code, self.context, cells, base, autoescape) = saved
        return result
    }

    @inline(__always)
    mutating func reset(_ range: Range<Int32>) {
        for index in range {
            let reset = code.resets[Int(index)]
            switch reset.kind {
            case .unresolved: set(reset.target, .undefined(.unresolved))
            case .unassigned: set(reset.target, .undefined(.unassigned))
            case .alias: set(reset.target, get(reset.source))
            }
        }
    }

    func get(_ place: Place) -> Value {
        if place.hops < 0 { return slots[base + Int(place.slot)] }
        var home = cells
        for _ in 0..<place.hops { home = home?.parent }
        return home?[Int(place.slot)] ?? .undefined(.unassigned)
    }

    mutating func set(_ place: Place, _ value: Value) {
        if place.hops < 0 {
            slots[base + Int(place.slot)] = value
        } else {
            var home = cells
            for _ in 0..<place.hops { home = home?.parent }
            home?[Int(place.slot)] = value
        }
    }

    /// Runs `body` with an output of its own, and gives what it wrote.
    mutating func capture(_ body: (inout Renderer) throws(Fault) -> Void) throws(Fault) -> [UInt8] {
        var saved: [UInt8] = []
        saved.reserveCapacity(256)
        swap(&saved, &out)
        outerBytes += saved.count
        try body(&self)
        outerBytes -= saved.count
        swap(&saved, &out)
        return saved
    }

    /// Lets go of everything that may refer to itself.
    mutating func finish() {
        for cells in cleanup.cells { cells.clear() }
        for context in cleanup.contexts { context.clear() }
        for list in cleanup.lists { list.change { $0 = [] } }
        for dict in cleanup.dicts { dict.change { $0.removeAll() } }
    }
}
