"""One run of ``quarto render``, and each way in which it is known to go wrong."""

import json
import os
import stat
import time
from itertools import pairwise
from pathlib import Path

import pytest

from salesreview.errors import RenderError
from salesreview.quarto import command as module
from salesreview.quarto import log
from salesreview.quarto.command import private_folder, render

DAY = "2026-06-30"


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.exists() and os.path.isdir("/proc/self"):
        return status.exists() and status.read_text().split()[2] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def refused(quarto, notebook, to="html", **options) -> RenderError:
    with pytest.raises(RenderError) as told:
        render(quarto, notebook, to, day=DAY, **options)
    return told.value


@pytest.mark.parametrize(("to", "name"), [("html", "review.html"), ("typst", "review.pdf")])
def test_the_output_is_where_we_say(quarto, one_line, to, name):
    made = render(quarto, one_line, to, day=DAY)
    assert made.output == one_line.parent / "made" / name and made.output.stat().st_size
    assert made.warnings == ()


def test_how_it_is_called(quarto, one_line, calls, monkeypatch):
    monkeypatch.setenv("QUARTO_PYTHON", "/bad")
    monkeypatch.setenv("QUARTO_LOG_LEVEL", "critical")
    render(quarto, one_line, "html", day=DAY)
    (call,) = calls()
    words = call["arguments"]
    options = dict(pairwise(words))
    assert words[:2] == ["render", "review.ipynb"] and call["cwd"] == str(one_line.parent)
    assert "--no-execute" in words and options["--log-format"] == "json-stream"
    assert Path(options["--output-dir"]).is_absolute() and Path(options["--log"]).is_absolute()
    assert not {"--quiet", "--execute", "-P", "-o", "--metadata-file", "-M"} & set(words)
    assert call["group"] and call["env"] == {"NO_COLOR": "1", "SOURCE_DATE_EPOCH": "1782777600"}  # 2026-06-30 00:00 UTC


def test_the_notebook_is_not_rewritten(quarto, one_line):
    before = one_line.read_bytes()
    render(quarto, one_line, "html", day=DAY)
    assert one_line.read_bytes() == before


def test_a_failure_is_told_in_its_own_words(quarto, one_line, monkeypatch):
    monkeypatch.setenv("STUB", "typst_fails")
    error = refused(quarto, one_line, "typst")
    assert str(error) == "Quarto: error: unknown variable: x"
    detail = "\n".join(error.__notes__)
    assert "Typst compilation failed" in detail and "Stack trace" in detail and "\x1b" not in detail
    assert (one_line.parent / "review.typ").exists()  # left behind; it goes with the private folder


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("cell_error", "Traceback"),
        ("no_tex", "No TeX installation was detected."),
        ("long_trace", "after much ado"),
        ("silent", "pandoc"),
        ("killed", "pandoc"),
        ("broken", "deno: cannot execute binary file"),
        ("leaves_runtime", "the launcher gave up"),
    ],
)
def test_other_failures(quarto, one_line, monkeypatch, tmp_path, fault, message):
    monkeypatch.setenv("STUB", fault)
    monkeypatch.setenv("STUB_PID", str(tmp_path / "pid"))
    error = refused(quarto, one_line)
    assert message in str(error) and "\n" not in str(error) and len(str(error)) < 400


@pytest.mark.parametrize("fault", ["no_output", "empty_output"])
def test_success_without_a_file_is_a_failure(quarto, one_line, monkeypatch, fault):
    monkeypatch.setenv("STUB", fault)
    assert str(refused(quarto, one_line, "typst")) == "Quarto: it reports success but made no review.pdf"


def test_without_a_log_what_it_printed_is_told(quarto, one_line, monkeypatch):
    monkeypatch.setenv("STUB", "no_log,no_tex")
    assert str(refused(quarto, one_line)) == "Quarto: No TeX installation was detected."


def test_an_unknown_format_and_a_missing_file(quarto, one_line, monkeypatch):
    monkeypatch.setitem(module.EXTENSIONS, "x", "x")
    assert str(refused(quarto, one_line, "x")) == "Quarto: Unknown format x"
    absent = one_line.with_name("absent.ipynb")
    assert str(refused(quarto, absent)) == "Quarto: No valid input files passed to render"


def test_a_name_with_brackets_would_be_expanded(quarto, one_line):
    bracketed = one_line.rename(one_line.with_name("a[1].ipynb"))
    assert "No valid input files" in str(refused(quarto, bracketed))


def test_a_folder_with_brackets_does_no_harm(quarto, one_line):
    folder = one_line.parent.rename(one_line.parent.with_name("a[1] *"))
    assert render(quarto, folder / one_line.name, "html", day=DAY).output.exists()


def test_warnings_of_a_good_render_are_told_in_one_line_each(quarto, one_line, monkeypatch):
    monkeypatch.setenv("STUB", "warns")
    assert render(quarto, one_line, "html", day=DAY).warnings == ("Quarto: something to know",)


@pytest.mark.parametrize("fault", ["hangs", "stubborn"])
def test_after_the_time_limit_nothing_is_left_running(quarto, one_line, monkeypatch, tmp_path, fault):
    pid = tmp_path / "pid"
    monkeypatch.setenv("STUB", fault)
    monkeypatch.setenv("STUB_PID", str(pid))
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.5)
    assert str(refused(quarto, one_line, seconds=1.5)) == "Quarto: no result after 1.5 s; it was stopped"
    assert not alive(int(pid.read_text()))


def test_a_runtime_left_by_a_failed_launcher_is_ended(quarto, one_line, monkeypatch, tmp_path):
    pid = tmp_path / "pid"
    monkeypatch.setenv("STUB", "leaves_runtime")
    monkeypatch.setenv("STUB_PID", str(pid))
    refused(quarto, one_line)
    assert not alive(int(pid.read_text()))


def test_a_break_ends_the_whole_group(quarto, one_line, monkeypatch, tmp_path):
    pid = tmp_path / "pid"
    monkeypatch.setenv("STUB", "hangs")
    monkeypatch.setenv("STUB_PID", str(pid))

    def interrupted(process, _seconds=None):
        while not pid.exists() or not pid.read_text():
            time.sleep(0.02)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(module.subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        render(quarto, one_line, "html", day=DAY)
    assert not alive(int(pid.read_text()))


def test_a_command_that_is_gone_by_then(quarto, one_line):
    quarto.path.unlink()
    assert "it cannot be started" in str(refused(quarto, one_line))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(quarto, one_line):
    one_line.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises((RenderError, PermissionError)):
        render(quarto, one_line, "html", day=DAY)


def test_a_project_around_the_folder_for_temporary_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_folder() as folder:
        assert Path(folder).parent == tmp_path and not list(Path(folder).iterdir())
    (tmp_path / "_quarto.yml").write_text("project:\n  output-dir: _site\n")
    with pytest.raises(RenderError, match=r"_quarto\.yml; remove that file or set TMPDIR"):
        private_folder()
    assert [path.name for path in tmp_path.iterdir()] == ["_quarto.yml"]


def test_a_project_would_take_the_output_away(quarto, one_line):
    (one_line.parent.parent / "_quarto.yml").write_text("project:\n  output-dir: _site\n")
    assert "made no review.html" in str(refused(quarto, one_line))


def test_records_of_the_log_with_blank_lines_colours_and_nonsense(tmp_path):
    path = tmp_path / "log"
    record = {"msg": "\x1b[1m\x1b[31mERROR: it\nbroke\x1b[39m", "level": 40, "levelName": "ERROR", "loggerName": "x"}
    path.write_text(json.dumps(record) + "\n\n\nno record\n[]\n" + json.dumps({"msg": 1, "level": "20"}) + "\n\n")
    messages = log.read(path)
    assert [(one.level, one.text) for one in messages] == [
        (40, "ERROR: it\nbroke"), (20, "no record"), (20, "[]"), (20, "1"),
    ]  # fmt: skip
    assert messages[0].line == "it"
    assert log.read(tmp_path / "absent") == ()


def test_what_a_failure_without_any_word_says():
    assert log.complaint((), "") == "it says nothing"
    assert log.complaint((), "\x1b[31mERROR: a\x1b[0m\n  at x") == "a"
    assert log.complaint((log.Message(20, "ok"), log.Message(20, "KeyError: 'x'\n at")), "z") == "KeyError: 'x'"


def test_metadata_of_a_missing_file_would_be_lost_in_silence(quarto, one_line):
    """Why all metadata stands in the notebook itself: a missing file is no error, a wrong one is."""
    source = json.loads(one_line.read_text())
    source["cells"][0]["source"] = "---\na: [1\n---\n"
    one_line.write_text(json.dumps(source))
    assert "YAMLError" in str(refused(quarto, one_line))
