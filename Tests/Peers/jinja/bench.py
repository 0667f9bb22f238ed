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

SLICES = 9


def measure(body, seconds):
    """The median over slices of nanoseconds of CPU per turn."""
    figures = []
    for _ in range(SLICES):
        start, turns = time.thread_time_ns(), 0
        while True:
            for _ in range(4):
                body()
            turns += 4
            spent = time.thread_time_ns() - start
            if spent > seconds / SLICES * 1e9:
                break
        figures.append(spent / turns)
    return statistics.median(figures)


def parley_render(parley, template, context, seconds):
    done = subprocess.run([parley, "template", "bench", "--template", str(template), "--context", str(context),
                           "--seconds", str(seconds)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parley")
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        workloads.write(folder)
        rows = []
        for workload, file in workloads.RENDERS.items():
            path = folder / file
            context = json.loads(path.with_suffix(".json").read_text())
            escapes = file.endswith(".html")
            real = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=escapes)
            mini = minijinja.Environment(
                loader=lambda n: (folder / n).read_text() if (folder / n).exists() else None,
                auto_escape_callback=lambda n, e=escapes: e)
            template = real.get_template(file)
            output = template.render(context)
            mine = parley_render(arguments.parley, path, context=path.with_suffix(".json"), seconds=arguments.seconds)
            if mine["output_bytes"] != len(output.encode()):
                print(f"warning: {workload}: output differs from Jinja2's", file=sys.stderr)
            rows.append((workload, mine["ns_per_render"], measure(lambda: template.render(context), arguments.seconds),
                         measure(lambda: mini.render_template(file, **context), arguments.seconds)))
        sources = [p.read_text() for p in sorted((folder / "compile").glob("*.txt"))]
        done = subprocess.run([arguments.parley, "template", "bench", "--compile-dir", str(folder / "compile"),
                               "--seconds", str(arguments.seconds)], check=True, stdout=subprocess.PIPE)
        real = jinja2.Environment()
        mini = minijinja.Environment()
        names = iter(range(10**9))
        rows.append(("compile, per template", json.loads(done.stdout)["compile_us"] * 1000,
                     measure(lambda: [real.compile(s) for s in sources[:20]], arguments.seconds) / 20,
                     measure(lambda: [mini.add_template("t", s) for s in sources], arguments.seconds) / len(sources)))
    print(f"{'workload':<28}{'parley':>12}{'Jinja2':>12}{'minijinja':>12}{'Jinja2/parley':>16}{'minijinja/parley':>18}")
    for workload, mine, real, mini in rows:
        print(f"{workload:<28}{mine / 1000:>10.2f}µs{real / 1000:>10.2f}µs{mini / 1000:>10.2f}µs"
              f"{real / mine:>16.2f}{mini / mine:>18.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
