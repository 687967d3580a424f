"""The command line: documented options, exit codes, one clear message."""

import subprocess
import sys

import pytest
import typer

from salesreview.cli import app


def run(repository, *arguments):
    command = [sys.executable, "build.py", *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=120)


def options():
    command = typer.main.get_command(app)
    for part in (command, *command.commands.values()):
        for parameter in part.params:
            yield from (flag for flag in parameter.opts if flag.startswith("-"))


def test_readme_documents_each_command_and_option(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    assert sorted({flag for flag in options() if f"`{flag}" not in text and f"{flag} " not in text}) == []
    assert [name for name in typer.main.get_command(app).commands if f"build.py {name}" not in text] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no period given"),
        (["--period", "H3"], "unknown period"),
        (["--perid", "H1"], "No such option"),
        (["--period", "H1", "--variants", "data_drivn"], "did you mean data_driven"),
        (["--period", "H1", "--lang", "fr"], "expected zh, en"),
        (["--period", "H1", "--formats", "docx"], "expected html, pdf"),
        (["--period", "H1", "-p", "top_m=3"], "did you mean top_n"),
        (["--period", "H1", "-p", "top_n=x"], "top_n"),
        (["--period", "H1", "-p", "top_n"], "expected key=value"),
        (["--period", "H1", "--year", "soon"], "year"),
        (["--period", "H1", "--as-of", "30/06/2026"], "as-of"),
        (["--period", "H1", "--source", "no/such/folder"], "no/such/folder"),
        (["--period", "H1", "--params", "absent.yml"], "no such file"),
        (["chek"], "chek"),
    ],
)
def test_wrong_use_is_one_message_and_exit_2(repository, tmp_path, arguments, message):
    done = run(repository, *arguments, *(["--out", str(tmp_path)] if "--period" in arguments else []))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback(repository, tmp_path):
    done = run(repository, "--period", "H3", "--out", str(tmp_path), "--debug")
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_version(repository):
    assert run(repository, "--version").stdout.strip() == "0.1.0"


def test_doctor_names_what_it_looked_at(repository):
    done = run(repository, "doctor")
    assert done.returncode == 0
    for name in ("Python", "packages", "Chinese font", "Pango", "Quarto"):
        assert name in done.stdout
