extension Filters {
    static let selections: [Filter] = [
        Filter(open: "map") { (renderer, value, call) throws(Fault) in try renderer.map(value, call) },
        Filter(open: "select") { (renderer, value, call) throws(Fault) in
            try renderer.select(value, call, keeps: true, byAttribute: false)
        },
        Filter(open: "reject") { (renderer, value, call) throws(Fault) in
            try renderer.select(value, call, keeps: false, byAttribute: false)
        },
        Filter(open: "selectattr") { (renderer, value, call) throws(Fault) in
            try renderer.select(value, call, keeps: true, byAttribute: true)
        },
        Filter(open: "rejectattr") { (renderer, value, call) throws(Fault) in
            try renderer.select(value, call, keeps: false, byAttribute: true)
        },
        Filter("default", ["default_value", "boolean"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.fallback(value, arguments)
        },
        Filter("d", ["default_value", "boolean"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.fallback(value, arguments)
        },
        Filter("attr", ["name"], required: 1) { (renderer, value, arguments) throws(Fault) in
            guard let name = arguments.some(0)?.text else {
                throw .runtime("attribute name must be string")
            }
            // Only what the type itself has: `attr` never looks at what is stored.
            if case .dict = value, !Methods.has(name, value) {
                return .undefined(Missing(.attribute(owner: "dict object", name: name.string)))
            }
            return try renderer.attribute(name, of: value)
        },
    ]
}

extension Renderer {
    fileprivate func fallback(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let fallback = arguments.given(0) ?? ""
        if value.isUndefined { return fallback }
        if try flag(arguments, 1), !(try truth(value)) { return fallback }
        return value
    }

    fileprivate mutating func map(_ value: Value, _ call: Call) throws(Fault) -> Value {
        guard try truth(value) else { return generator([]) }
        let items = try iterate(value)
        var result: [Value] = []
        result.reserveCapacity(items.count)
        if call.positional.isEmpty, let attribute = call.keywords.first(where: { $0.name == "attribute" }) {
            let path = try path(attribute.value)
            var fallback: Value?
            for (name, value) in call.keywords where name != "attribute" {
                guard name == "default" else {
                    throw .runtime("Unexpected keyword argument \(pythonQuoted(name.string))")
                }
                if case .none = value { continue }
                fallback = value
            }
            for item in items {
                try step()
                result.append(try follow(path, item, default: fallback))
            }
            return generator(result)
        }
        guard let name = call.positional.first else { throw .runtime("map requires a filter argument") }
        guard let number = name.text.flatMap({ Filters.numbers.find($0) }) else {
            throw .runtime("No filter named \(try representation(of: name)).")
        }
        let arguments = Call(positional: Array(call.positional.dropFirst()), keywords: call.keywords)
        for item in items {
            try step()
            result.append(try apply(Filters.all[number], to: item, arguments))
        }
        return generator(result)
    }

    fileprivate mutating func select(
        _ value: Value, _ call: Call, keeps: Bool, byAttribute: Bool
    ) throws(Fault) -> Value {
        guard try truth(value) else { return generator([]) }
        var positional = call.positional[...]
        var path: [Value] = []
        if byAttribute {
            guard let attribute = positional.popFirst() else {
                throw .runtime("Missing parameter for attribute name")
            }
            path = try self.path(attribute)
        }
        var test: ValueTest?
        if let name = positional.popFirst() {
            guard let number = name.text.flatMap({ Tests.numbers.find($0) }) else {
                throw .runtime("No test named \(try representation(of: name)).")
            }
            test = Tests.all[number]
        }
        let arguments = Call(positional: Array(positional), keywords: call.keywords)
        var kept: [Value] = []
        for item in try iterate(value) {
            try step()
            let subject = try follow(path, item)
            let holds: Bool
            if let test {
                holds = try test.apply(&self, subject, arguments)
            } else {
                holds = try truth(subject)
            }
            if holds == keeps { kept.append(item) }
        }
        return generator(kept)
    }
}
