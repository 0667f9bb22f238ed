"""Reply extraction on the fixtures of talon, read from its source distribution."""

import ast
import email
import email.policy
import pathlib
import re

import peer_sources
import pytest
from parley_reader import Reader

# Cases that state the opposite of what Parley promises: a limit of lines, and keeping what was forwarded with a comment.
OTHER_PROMISE = {"test_too_many_lines", "test_dont_parse_quotations_for_forwarded_messages"}
LEAST_SHARE = 0.85


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    assert reader.close() == 0


def plain_cases(folder: pathlib.Path):
    """Every `eq_(expected, extract_from_plain(text))` of talon's tests whose two sides are written out."""
    tree = ast.parse((folder / "tests/text_quotations_test.py").read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        known = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                try:
                    known[node.targets[0].id] = ast.literal_eval(node.value)
                except ValueError:
                    pass
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "eq_"):
                continue
            expected, actual = node.args[:2]
            if not (isinstance(actual, ast.Call) and getattr(actual.func, "attr", "") == "extract_from_plain"):
                continue
            sides = [known.get(side.id) if isinstance(side, ast.Name) else literal(side) for side in (expected, actual.args[0])]
            if all(isinstance(side, str) for side in sides):
                yield function.name, sides[0], sides[1]


def literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def outcomes(reader):
    folder = peer_sources.folder("talon")
    for name, expected, text in plain_cases(folder):
        if name in OTHER_PROMISE:
            continue
        answer = reader.read_text(text)
        whole = squeezed(answer["reply_text"] + " " + answer["signature"])
        # talon leaves signatures in place here.
        yield name, squeezed(expected) in (squeezed(answer["reply_text"]), whole), answer["reply_text"]
    for path in sorted((folder / "tests/fixtures/standard_replies").glob("*.eml")):
        stated = path.with_name(path.stem + "_reply_text")
        expected = stated.read_text() if stated.exists() else "Hello"
        answer = reader.read(path.read_bytes())
        yield path.name, squeezed(expected) in (
            squeezed(answer["reply_text"]), squeezed(answer["reply_text"] + " " + answer["signature"])), answer["reply_text"]
    for path in sorted((folder / "tests/fixtures/html_replies").glob("*.html")):
        answer = reader.read_text(path.read_text(encoding="utf-8"), "html")
        yield path.name, "Hi. I am fine. Thanks, Alex" in squeezed(answer["reply_text"] + " " + answer["signature"]), answer["reply_text"]


def test_replies(reader):
    results = list(outcomes(reader))
    failed = [(name, text) for name, passed, text in results if not passed]
    for name, text in failed:
        print(f"-- {name}: {text[:200]!r}")
    share = 1 - len(failed) / len(results)
    print(f"replies: {len(results) - len(failed)} of {len(results)} ({share:.1%})")
    assert len(results) > 40
    assert share >= LEAST_SHARE
