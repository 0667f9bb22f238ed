import Jinja

/// What the tables of the tests are rendered with. What they expect was written down from Jinja2 3.1.6.
private let context: Value = [
    "i": 42, "f": 2.5, "s": "Hello World", "l": [3, 1, 2], "d": ["b": 2, "a": 1],
    "rows": [["n": "x", "p": 2], ["n": "y", "p": 1]], "html": "<b>&</b>",
]

func rendered(
    _ source: String, options: Options = Options(autoescape: .off), templates: [String: String] = [:]
) throws(TemplateError) -> String {
    try Environment(options: options, loader: .dictionary(templates)).compile(source).render(context)
}
