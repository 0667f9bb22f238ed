"""Collects cases from the test suite of Jinja2's source distribution by running it.

Every template that the suite renders with values that JSON can carry, on an environment that differs from
the default in nothing that the engine does not have, becomes a case. Nothing of the suite is kept in this
repository: it is downloaded where the comparison runs.
"""

import json
import pathlib
import subprocess
import sys
import tarfile

PLUGIN = '''
import json, jinja2, atexit
from jinja2 import Environment
cases, seen = [], set()
DEFAULTS = dict(block_start_string="{%", block_end_string="%}", variable_start_string="{{",
    variable_end_string="}}", comment_start_string="{#", comment_end_string="#}",
    line_statement_prefix=None, line_comment_prefix=None, newline_sequence="\\n")
KNOWN = {"jinja2.ext.ExprStmtExtension", "jinja2.ext.LoopControlExtension"}

def mapping(loader):
    if loader is None: return {}
    if type(loader) is jinja2.DictLoader: return dict(loader.mapping)
    return None

def record(template, source, args, kwargs):
    env = template.environment
    if type(env) is not Environment or env.is_async or env.finalize is not None: return
    if any(getattr(env, k) != v for k, v in DEFAULTS.items()): return
    if set(env.extensions) - KNOWN or callable(env.autoescape): return
    if env.undefined not in (jinja2.Undefined, jinja2.StrictUndefined): return
    if set(env.filters) != set(jinja2.filters.FILTERS) or set(env.tests) != set(jinja2.tests.TESTS): return
    if set(env.globals) - {"range", "dict", "lipsum", "cycler", "joiner", "namespace"}: return
    if env.policies != BASE: return
    templates = mapping(env.loader)
    if templates is None: return
    try:
        context = dict(*args, **kwargs)
        text = json.dumps(context)
        if json.loads(text) != context or any(type(k) is not str for k in context): return
        if "(" in repr(context).replace("\\\\(", "") and repr(json.loads(text)) != repr(context): return
    except Exception: return
    case = dict(template=source, templates=templates, context=context, options=dict(
        autoescape=bool(env.autoescape), trim_blocks=env.trim_blocks, lstrip_blocks=env.lstrip_blocks,
        keep_trailing_newline=env.keep_trailing_newline,
        undefined="strict" if env.undefined is jinja2.StrictUndefined else "default"))
    key = json.dumps(case, sort_keys=True)
    if key not in seen:
        seen.add(key); cases.append(case)

BASE = dict(Environment().policies)
sources = {}
from_string, get_template, render = Environment.from_string, Environment.get_template, jinja2.Template.render

def patched_from_string(self, source, *a, **k):
    if isinstance(source, str):
        try:
            t = from_string(self, source, *a, **k)
        except jinja2.TemplateSyntaxError:
            class Fake: environment = self
            record(Fake, source, (), {})
            raise
        t._harvested = source
        if k.get("globals") or (a and a[0]): t._harvested = None
        return t
    return from_string(self, source, *a, **k)

def patched_get_template(self, name, *a, **k):
    t = get_template(self, name, *a, **k)
    if isinstance(name, str) and type(self.loader) is jinja2.DictLoader and name in self.loader.mapping:
        if not (k.get("globals") or len(a) > 1): t._harvested = self.loader.mapping[name]
    return t

def patched_render(self, *a, **k):
    source = getattr(self, "_harvested", None)
    if source is not None and "|random" not in source.replace(" ", ""): record(self, source, a, k)
    return render(self, *a, **k)

Environment.from_string, Environment.get_template, jinja2.Template.render = (
    patched_from_string, patched_get_template, patched_render)

def pytest_unconfigure(config):
    with open(config.getoption("--harvest"), "w") as f:
        for case in cases: f.write(json.dumps(case) + "\\n")

def pytest_addoption(parser): parser.addoption("--harvest")
'''


def suite(folder, version="3.1.6"):
    """The unpacked source distribution; downloaded with pip when it is not there yet."""
    root = folder / f"jinja2-{version}"
    if not root.exists():
        if not list(folder.glob("jinja2-*.tar.gz")):
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "jinja2",
                 "-d", str(folder), f"jinja2=={version}"], check=True)
        with tarfile.open(next(folder.glob("jinja2-*.tar.gz"))) as archive:
            archive.extractall(folder, filter="data")
    return root


def harvest(folder):
    """The cases, as dictionaries."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    root = suite(folder)
    (folder / "harvest_plugin.py").write_text(PLUGIN)
    target = folder / "harvested.jsonl"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "harvest_plugin", "-p", "no:cacheprovider",
         "--harvest", str(target.resolve()), "tests", "--ignore=tests/test_async.py",
         "--ignore=tests/test_async_filters.py"],
        cwd=root, env={"PYTHONPATH": str(folder.resolve()), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    return [json.loads(line) for line in target.open()]
