"""Compares the engine with Jinja2 case by case, prints the figure, and fails under 99 %.

usage: conformance.py PATH-TO-PARLEY [--cache FOLDER] [--show N] [--only harvested|own]
"""

import argparse
import json
import pathlib
import subprocess
import sys

import harvest
import oracle
import own_cases

THRESHOLD = 0.99


def run(parley, cases):
    """The engine's answers, in order; a crash costs one case and the rest is asked again."""
    answers = []
    while len(answers) < len(cases):
        rest = cases[len(answers):]
        lines = "".join(json.dumps({"id": i, **case}) + "\n" for i, case in enumerate(rest))
        done = subprocess.run([parley, "template", "render", "--batch"], input=lines.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=600)
        answers += [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
        if len(answers) < len(cases):
            answers.append({"error": {"kind": "crash", "message": ""}})
    return answers


def agrees(mine, real):
    """Equal output, or an error of the same kind."""
    if "output" in real:
        return mine.get("output") == real["output"]
    return "error" in mine and mine["error"]["kind"] == real["error"]["kind"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parley")
    parser.add_argument("--cache", default="/tmp/jinja-conformance")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    groups = {}
    if arguments.only != "own":
        groups["harvested"] = harvest.harvest(pathlib.Path(arguments.cache))
    if arguments.only != "harvested":
        groups["own"] = own_cases.cases()
    total = passed = shown = 0
    reported = set()
    for name, cases in groups.items():
        real = [oracle.answer(case) for case in cases]
        mine = run(arguments.parley, cases)
        good = 0
        for case, expected, actual in zip(cases, real, mine):
            if agrees(actual, expected):
                good += 1
            elif shown < arguments.show and case["template"] not in reported:
                shown += 1
                reported.add(case["template"])
                outline = {k: v for k, v in case.items() if v and (k != "context" or v is not own_cases.VALUES)}
                print("DIFFERS", json.dumps(outline), "\n  jinja2:", json.dumps(expected), "\n  parley:",
                      json.dumps(actual.get("error", actual.get("output"))))
        print(f"{name}: {good} of {len(cases)} ({100 * good / max(1, len(cases)):.2f} %)")
        total += len(cases)
        passed += good
    figure = passed / total
    print(f"conformance with Jinja2 {oracle.jinja2.__version__}: {passed} of {total} ({100 * figure:.2f} %)")
    return 0 if figure >= THRESHOLD else 1


if __name__ == "__main__":
    sys.exit(main())
