extension Renderer {
    mutating func makeMacro(_ function: Int32) -> Value {
        .object(
            Object(
                .macro(
                    Macro(
                        code: code, function: Int(function), cells: cells, context: context,
                        autoescape: autoescape))))
    }

    mutating func callBlock(_ node: Node) throws(Fault) {
        let caller = makeMacro(node.a)
        let site = code.nodes[Int(node.b)]
        let value = try call(site, caller: caller)
        try writePlain(value)
    }

    /// The call of a call block: like any other, with `caller` as one more argument.
    private mutating func call(_ node: Node, caller: Value) throws(Fault) -> Value {
        let callee: Value
        if node.operation == .methodCall {
            let target = try evaluate(node.a)
            at = node.at
            callee = try attribute(code.names[Int(node.b)], of: target)
        } else {
            callee = try evaluate(node.a)
        }
        var arguments = try arguments(node.c)
        arguments.keywords.append(("caller", caller))
        at = node.at
        return try call(callee, arguments)
    }

    mutating func call(_ macro: Macro, _ arguments: Call) throws(Fault) -> Value {
        let isMarkup = autoescape
        let text = try descend { renderer throws(Fault) in
            try renderer.capture { renderer throws(Fault) in try renderer.invoke(macro, arguments) }
        }
        return isMarkup ? .markup(Text(valid: text)) : .text(text)
    }

    private mutating func invoke(_ macro: Macro, _ arguments: Call) throws(Fault) {
        let function = macro.code.functions[macro.function]
        let bound = try bind(arguments, to: function)
        try call(macro.function, of: macro.code, cells: macro.cells, context: macro.context) {
            renderer throws(Fault) in
            renderer.autoescape = macro.autoescape
            for (parameter, value) in zip(function.parameters, bound.parameters) {
                renderer.set(parameter.place, value ?? .undefined(.unassigned))
            }
            for (parameter, value) in zip(function.parameters, bound.parameters) where value == nil {
                let name = parameter.name.string
                let value: Value =
                    parameter.defaultValue >= 0
                    ? try renderer.evaluate(parameter.defaultValue)
                    : .missing("parameter \(pythonQuoted(name)) was not provided")
                renderer.set(parameter.place, value)
            }
            if let place = function.caller { renderer.set(place, bound.caller) }
            if let place = function.kwargs { renderer.set(place, bound.kwargs) }
            if let place = function.varargs { renderer.set(place, bound.varargs) }
            _ = try renderer.run(function.body)
        }
    }

    private struct Bound {
        var parameters: [Value?] = []
        var caller: Value = .none
        var kwargs: Value = .none
        var varargs: Value = .none
    }

    private func bind(_ arguments: Call, to function: Function) throws(Fault) -> Bound {
        var bound = Bound()
        var keywords = arguments.keywords
        var name: String { pythonQuoted(function.name.string) }
        let count = function.parameters.count
        bound.parameters = Array(arguments.positional.prefix(count))
        var foundCaller =
            bound.parameters.count == count && function.parameters.contains { $0.name == "caller" }
        for parameter in function.parameters.dropFirst(bound.parameters.count) {
            if parameter.name == "caller" { foundCaller = true }
            let position = keywords.firstIndex { $0.name == parameter.name }
            bound.parameters.append(position.map { keywords.remove(at: $0).value })
        }
        if function.caller != nil, !foundCaller {
            if let position = keywords.firstIndex(where: { $0.name == "caller" }) {
                bound.caller = keywords.remove(at: position).value
            } else {
                bound.caller = .missing("No caller defined")
            }
        }
        if function.kwargs != nil {
            var table = Table()
            for (name, value) in keywords { table.set(.string(name), value) }
            bound.kwargs = .dict(Dict(mutable: table))
        } else if let first = keywords.first {
            if keywords.contains(where: { $0.name == "caller" }) {
                throw .runtime(
                    "macro \(name) was invoked with two values for the special caller argument. This is most"
                        + " likely a bug.")
            }
            throw .runtime("macro \(name) takes no keyword argument \(pythonQuoted(first.name.string))")
        }
        if function.varargs != nil {
            bound.varargs = .tuple(Array(arguments.positional.dropFirst(count)))
        } else if arguments.positional.count > count {
            throw .runtime("macro \(name) takes not more than \(count) argument(s)")
        }
        return bound
    }
}
