/// The entry of libFuzzer: any bytes are a template, compiled and rendered under tight limits. Nothing may
/// crash, and every error must be one of the engine's own.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let source = Array(UnsafeBufferPointer(start: start, count: count))
    var limits = Limits()
    limits.instructions = 20_000
    limits.outputBytes = 1 << 16
    limits.stringBytes = 1 << 16
    limits.loopLength = 2_000
    limits.recursion = 20
    limits.nesting = 40
    let environment = Environment(
        options: Options(trimBlocks: count & 1 == 1, lstripBlocks: count & 2 == 2, limits: limits),
        loader: .dictionary([
            "a": String(decoding: source, as: UTF8.self), "b": "<{% block x %}b{% endblock %}>",
        ]))
    let context: Value = [
        "s": "Straße <b>", "i": 42, "f": 2.5, "l": [3, 1, 2], "d": ["k": 1, "x": ["y": [1, "z"]]], "n": nil,
    ]
    for name in ["t.txt", "t.html"] {
        do throws(TemplateError) {
            _ = try environment.compile(utf8: source, name: name).bytes(context)
        } catch {
            _ = error.description
        }
        _ = Lint.findings(in: String(decoding: source, as: UTF8.self), name: name, declared: ["s"])
    }
    return 0
}
