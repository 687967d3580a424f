#!/usr/bin/env python3
"""A stand-in for the ``quarto`` command that behaves as docs/quarto.md (the observed contract) says.

``STUB`` in the environment lists what is to go wrong, separated by commas; the file ``faults.json`` beside the stub
does the same for notebooks that hold one of its keys. ``STUB_TRACE`` names a file that takes one JSON line a call.
Python's standard library alone.
"""

import glob
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

RED, OFF = "\x1b[31m", "\x1b[39m"
FORMATS = {"html": "html", "typst": "pdf", "pdf": "pdf"}
FLAGS = {"--no-execute", "--execute", "--quiet"}
VALUES = {"--to", "--output-dir", "--log", "--log-format", "-o", "-M", "-P", "--metadata-file"}
LEVELS = {10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR"}


class Failed(Exception):
    pass


class Log:
    def __init__(self, options):
        self.path = options.get("--log")
        self.quiet = "--quiet" in options

    def tell(self, level, text):
        coloured = f"{RED}{text}{OFF}" if level >= 30 and "NO_COLOR" not in os.environ else text
        if not self.quiet:
            print(coloured, file=sys.stderr, flush=True)
        if self.path and "no_log" not in wrong():
            record = {"msg": f"{RED}{text}{OFF}", "level": level, "levelName": LEVELS[level], "loggerName": "default"}
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n\n")


def wrong():
    return set(filter(None, os.environ.get("STUB", "").split(",")))


def only_for(text):
    file = Path(__file__).with_name("faults.json")
    given = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {fault for part, fault in given.items() if part in text}


def main(arguments):
    trace(arguments)
    if arguments == ["--version"]:
        print(os.environ.get("STUB_VERSION", "1.9.38"))
        return 0
    options, inputs = parse(arguments[1:])
    log = Log(options)
    try:
        render(inputs, options, log)
    except Failed as error:
        log.tell(40, f"ERROR: {error}\n\nStack trace:\n    at renderFiles (file:///opt/quarto/bin/quarto.js:1:1)")
        return 1
    return 0


def parse(arguments):
    options, inputs, unknown = {}, [], None
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in FLAGS:
            options[word] = True
        elif word in VALUES:
            options.setdefault("all " + word, []).append(rest[0])
            options[word] = rest.pop(0)
        elif word.startswith("-"):
            unknown = word
        else:
            inputs.append(word)
    if unknown:
        options["unknown"] = unknown
    return options, inputs


def render(inputs, options, log):
    if "unknown" in options:
        raise Failed(f"Unknown option {options['unknown']}")
    files = [Path(found) for name in inputs for found in glob.glob(name)]
    if not files:
        raise Failed("No valid input files passed to render")
    to = options.get("--to", "html")
    if to not in FORMATS:
        raise Failed(f"Unknown format {to}")
    if "/" in options.get("-o", ""):
        raise Failed("--output option cannot specify a relative or absolute path")
    source = files[0].resolve()
    meta, body = read(source, options)
    if "--execute" in options:
        source.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    faults = wrong() | only_for(meta + body)
    beside(source, "transient.md").write_text(body, encoding="utf-8")
    log.tell(20, f"pandoc\n  to: {to}")
    misbehave(faults, log)
    target = place(source, options) / (options.get("-o") or f"{source.stem}.{FORMATS[to]}")
    if "no_output" not in faults:
        target.parent.mkdir(parents=True, exist_ok=True)
        if to == "html":
            target.write_text(page(meta, body, faults, log), encoding="utf-8")
        else:
            beside(source, f"{source.stem}.typ").write_text(body, encoding="utf-8")
            if "typst_fails" in faults:
                log.tell(40, "error: unknown variable: x")
                raise Failed("Typst compilation failed")
            target.write_bytes(b"" if "empty_output" in faults else b"no PDF" if "no_pdf" in faults else pdf())
    log.tell(20, f"\nOutput created: {target.name}\n")


def read(source, options):
    """Front matter and text of a notebook, with the metadata of files and ``-M`` added as lines."""
    try:
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError):
        raise Failed("not a notebook") from None
    texts = ["".join(cell["source"]) for cell in cells]
    meta = texts[0].split("---")[1] if texts and texts[0].startswith("---") else ""
    extra = options.get("--metadata-file")
    if extra and Path(extra).exists():  # a missing one is silently ignored
        meta += Path(extra).read_text(encoding="utf-8")
    meta += "".join("\n" + one.replace("=", ": ", 1) for one in options.get("all -M", ()))
    if re.search(r"^\s*[\w-]+:\s*\[[^\]]*$|^\t", meta, re.M):
        raise Failed("YAMLError: bad indentation of a mapping entry")
    return meta, "\n\n".join(texts[1:])


def place(source, options):
    """Where the output goes: a project around the input takes it over; a relative folder is meant from the input's."""
    for above in source.parents:
        if (above / "_quarto.yml").exists():
            return above / "_site"
    return source.parent / options.get("--output-dir", ".")


def beside(source, name):
    try:
        path = source.parent / name
        path.touch()
        return path
    except PermissionError:
        raise Failed("PermissionDenied: the folder of the input must be writable") from None


def misbehave(faults, log):
    if "warns" in faults:
        log.tell(30, "WARNING: something to know\nmore of it")
    if "cell_error" in faults:
        log.tell(20, "Traceback (most recent call last)\n  …\nValueError: a cell failed")
        raise SystemExit(1)
    if "silent" in faults:
        raise SystemExit(1)
    if "no_tex" in faults:
        raise Failed("No TeX installation was detected.")
    if "long_trace" in faults:
        print("x" * 1_000_000, file=sys.stderr)
        raise Failed("after much ado")
    if "killed" in faults:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hangs" in faults or "stubborn" in faults:
        runtime(stubborn="stubborn" in faults)
    if "leaves_runtime" in faults:
        runtime(stubborn=False, wait=False)
        raise Failed("the launcher gave up")


def runtime(stubborn, wait=True):
    """The launcher does not become the runtime, so a signal to the launcher alone leaves the runtime behind."""
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " if stubborn else ""
    code = f"{ignore}import time; print('up', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child.stdout.readline()
    Path(os.environ["STUB_PID"]).write_text(str(child.pid))
    if wait:
        time.sleep(60)


def page(meta, body, faults, log):
    """A page with the raw HTML of the body; what plain Quarto would fetch stands in its head."""
    kept = re.findall(r"^(`{3,})\{=html\}\n(.*?)\n\1$", body, re.M | re.S)
    own = re.sub(r"^(`{3,})\{=html\}\n.*?\n\1$", "", body, flags=re.M | re.S)
    head = "" if "html-math-method: mathml" in meta else '<script src="https://cdn.jsdelivr.net/npm/mathjax"></script>'
    if "remote" in faults:
        log.tell(30, "WARNING: could not embed https://cdnjs.cloudflare.com/require.js")
        head += '<script src="https://cdnjs.cloudflare.com/require.js"></script>'
    if "embed-resources: true" not in meta:
        head += '<link rel="stylesheet" href="review_files/libs/bootstrap.css">'
    before, after, style = (text_of(name) for name in ("cover.html", "end.html", "report.css"))
    title, lang = (value(meta, name) for name in ("pagetitle", "lang"))
    own = re.sub(
        r"^(#+) (.*) \{#(\S+)\}$", lambda h: f'<h{len(h[1])} id="{h[3]}">{h[2]}</h{len(h[1])}>', own, flags=re.M
    )
    text = "".join(html for _, html in kept) + f"<div>{own.strip()}</div>"
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"<style>{style}</style></head><body>{before}<main>{text}</main>{after}</body></html>"
    )


def text_of(name):
    return Path(name).read_text(encoding="utf-8") if Path(name).exists() else ""


def value(meta, name):
    found = re.search(rf"^{name}: (.*)$", meta, re.M)
    return found[1] if found else ""


def pdf():
    """One empty page of A4."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )  # fmt: skip
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 4\n0000000000 65535 f \n" + table + end


def trace(arguments):
    if "STUB_TRACE" in os.environ:
        names = ("NO_COLOR", "SOURCE_DATE_EPOCH", "QUARTO_PYTHON", "QUARTO_LOG_LEVEL")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        told = {"arguments": arguments, "cwd": os.getcwd(), "group": os.getpgid(0) == os.getpid(), "env": environment}
        with open(os.environ["STUB_TRACE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    if wrong() & {"broken"} and sys.argv[1:] != ["--version"]:
        print("deno: cannot execute binary file", file=sys.stderr)
        sys.exit(126)
    sys.exit(main(sys.argv[1:]))
