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
        let (code, number) = (macro.code, macro.function)
        let bound = try bind(arguments, to: code.functions[number])
        try call(number, of: code, cells: macro.cells, context: macro.context) {
            renderer throws(Fault) in
            renderer.autoescape = macro.autoescape
            let parameters = code.functions[number].parameters
            for position in parameters.indices {
                renderer.set(
                    parameters[position].place, bound.parameters[position] ?? .undefined(.unassigned))
            }
            for position in parameters.indices where bound.parameters[position] == nil {
                let parameter = parameters[position]
                let value: Value =
                    parameter.defaultValue >= 0
                    ? try renderer.evaluate(parameter.defaultValue)
                    : .missing("parameter \(pythonQuoted(parameter.name.string)) was not provided")
                renderer.set(parameter.place, value)
            }
            if let place = code.functions[number].caller { renderer.set(place, bound.caller) }
            if let place = code.functions[number].kwargs { renderer.set(place, bound.kwargs) }
            if let place = code.functions[number].varargs { renderer.set(place, bound.varargs) }
            _ = try renderer.run(code.functions[number].body)
        }
    }

    private struct Bound {
        var parameters: [Value?] = []
        var caller: Value = .none
        var kwargs: Value = .none
        var varargs: Value = .none
    }

    private func bind(_ arguments: Call, to function: borrowing Function) throws(Fault) -> Bound {
        var bound = Bound()
        var keywords = arguments.keywords
        let text = function.name
        var name: String { pythonQuoted(text.string) }
        let count = function.parameters.count
        bound.parameters.reserveCapacity(count)
        for value in arguments.positional.prefix(count) { bound.parameters.append(value) }
        if keywords.isEmpty, arguments.positional.count <= count, !function.takesMore {
            while bound.parameters.count < count { bound.parameters.append(nil) }
            return bound
        }
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
