"""The four workloads side by side: parley, Jinja2 and minijinja, CPU time of one thread.

usage: bench.py PATH-TO-PARLEY [--seconds N]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import jinja2
import minijinja

import workloads

# The peers take turns, so that a machine that is slower for a while is so for all of them.
ROUNDS = 9


def turn(body, seconds):
    """Nanoseconds of CPU per call of `body`, called for that long."""
    start, turns = time.thread_time_ns(), 0
    while True:
        for _ in range(4):
            body()
        turns += 4
        spent = time.thread_time_ns() - start
        if spent > seconds * 1e9:
            return spent / turns


def bench(parley, *arguments):
    """What `parley template bench` prints, measured within its own process in the same way."""
    done = subprocess.run([parley, "template", "bench", *map(str, arguments)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def measure(peers, seconds):
    """The rounds of all peers: for each a list of nanoseconds per call, in the order of the rounds."""
    rounds = [[peer(seconds / ROUNDS) for peer in peers] for _ in range(ROUNDS)]
    return list(zip(*rounds))


def render_peers(parley, folder, file):
    path = folder / file
    context = json.loads(path.with_suffix(".json").read_text())
    escapes = file.endswith(".html")
    real = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=escapes)
    mini = minijinja.Environment(
        loader=lambda n: (folder / n).read_text() if (folder / n).exists() else None,
        auto_escape_callback=lambda n, e=escapes: e)
    template = real.get_template(file)
    arguments = ("--template", path, "--context", path.with_suffix(".json"), "--seconds")
    if bench(parley, *arguments, 0.1)["output_bytes"] != len(template.render(context).encode()):
        sys.exit(f"{file}: the output differs from Jinja2's")
    return (lambda seconds: bench(parley, *arguments, seconds)["ns_per_render"],
            lambda seconds: turn(lambda: template.render(context), seconds),
            lambda seconds: turn(lambda: mini.render_template(file, **context), seconds))


def compile_peers(parley, folder):
    sources = [path.read_text() for path in sorted(folder.glob("*.txt"))]
    real = jinja2.Environment()
    mini = minijinja.Environment()
    return (lambda seconds: bench(parley, "--compile-dir", folder, "--seconds", seconds)["compile_us"] * 1000,
            lambda seconds: turn(lambda: [real.compile(s) for s in sources[:20]], seconds) / 20,
            lambda seconds: turn(lambda: [mini.add_template("t", s) for s in sources], seconds) / len(sources))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parley")
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    print(f"{'workload':<22}{'parley':>12}{'Jinja2':>12}{'minijinja':>12}{'Jinja2/parley':>16}{'minijinja/parley':>18}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        workloads.write(folder)
        rows = [(workload, render_peers(arguments.parley, folder, file)) for workload, file in workloads.RENDERS.items()]
        rows.append(("compile, per template", compile_peers(arguments.parley, folder / "compile")))
        for workload, peers in rows:
            figures = measure(peers, arguments.seconds)
            mine, real, mini = (statistics.median(each) / 1000 for each in figures)
            # The median of what the rounds say, not the ratio of medians that may come from different rounds.
            ratios = [statistics.median(peer / own for peer, own in zip(each, figures[0])) for each in figures[1:]]
            print(f"{workload:<22}{mine:>10.2f}µs{real:>10.2f}µs{mini:>10.2f}µs{ratios[0]:>16.2f}{ratios[1]:>18.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
