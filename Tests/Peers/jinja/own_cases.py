"""Own cases: every filter, test, statement and method, with values at the edges."""

from own_filters import FILTERS
from own_language import LANGUAGE
from own_methods import METHODS

VALUES = {
    "i": 42, "z": 0, "n": -7, "f": 3.5, "big": 12345678901234567890, "t": True, "no": False, "nothing": None,
    "s": "Hello World", "e": "", "html": "<a href='x'>\"T&C\"</a>", "u": "Grüße, 東京 ß", "multi": "one\ntwo\n\nthree",
    "l": [3, 1, 2], "el": [], "names": ["bob", "Alice", "carol", "alice"], "mixed": [1, "a", None, 2.5, True],
    "d": {"b": 2, "a": 1, "C": 3}, "ed": {}, "nested": {"x": {"y": [1, {"z": "deep"}]}},
    "rows": [{"n": "x", "p": 2, "g": "A"}, {"n": "y", "p": 1, "g": "b"}, {"n": "z", "p": 3, "g": "a"}],
    "pairs": [["a", 1], ["b", 2]], "num": "12.7", "hexa": "0x1F", "ws": "  pad\t\n", "long": "word " * 30,
    "url": "see http://example.com/a?b=c&d=1, www.x.org or me@example.com (https://e.org/x_(y))",
    "tags": "<p>a <b>b</b>\n<!-- c --> d &amp; e &lt;</p>",
}


def single(text, **options):
    return {"template": text, "context": VALUES, "options": options}


def cases():
    result = []
    for expression in FILTERS + METHODS:
        result.append(single("{{ " + expression + " }}"))
        result.append(single("{{ " + expression + " }}", autoescape=True))
        result.append(single("{{ " + expression + " }}", undefined="strict"))
    for entry in LANGUAGE:
        case = {"template": entry} if isinstance(entry, str) else dict(entry)
        case.setdefault("context", VALUES)
        result.append(case)
        result.append({**case, "options": {**case.get("options", {}), "autoescape": True}})
        if "trim_blocks" not in case.get("options", {}):
            result.append({**case, "options": {**case.get("options", {}), "trim_blocks": True,
                                               "lstrip_blocks": True}})
    return result
