"""What real Jinja2 makes of a case: the reference that the engine is compared with."""

import json

import jinja2
from jinja2 import exceptions


def environment(case):
    options = case.get("options", {})
    return jinja2.Environment(
        loader=jinja2.DictLoader(case.get("templates", {})),
        autoescape=bool(options.get("autoescape")),
        trim_blocks=bool(options.get("trim_blocks")),
        lstrip_blocks=bool(options.get("lstrip_blocks")),
        keep_trailing_newline=bool(options.get("keep_trailing_newline")),
        undefined=jinja2.StrictUndefined if options.get("undefined") == "strict" else jinja2.Undefined,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )


def kind(error):
    """The kind of error that an exception of Python is for a template."""
    # What Python's own compiler refuses is a mistake in the source just as well.
    if isinstance(error, (exceptions.TemplateSyntaxError, SyntaxError)):
        return "syntax"
    if isinstance(error, exceptions.TemplateNotFound):
        return "not_found"
    if isinstance(error, exceptions.UndefinedError):
        return "undefined"
    return "runtime"


def answer(case):
    try:
        template = environment(case).from_string(case["template"])
        return {"output": template.render(json.loads(json.dumps(case.get("context", {}))))}
    except RecursionError:
        return {"error": {"kind": "limit"}}
    except Exception as error:
        return {"error": {"kind": kind(error), "message": str(error)}}
