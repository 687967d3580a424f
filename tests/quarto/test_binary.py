"""The command is found where people point at, and refused in one line that says how to get it."""

import subprocess

import pytest

from salesreview.errors import OptionError
from salesreview.quarto import binary
from salesreview.quarto.ready import ready


@pytest.fixture
def empty_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def test_the_option_wins_over_the_variable_and_the_variable_over_path(command, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.symlink_to(command)
    monkeypatch.setenv("PATH", str(command.parent))
    assert binary.locate() == command
    monkeypatch.setenv("QUARTO_PATH", str(other))
    assert binary.locate() == other
    assert binary.locate(str(command)) == command


def test_without_quarto_one_line_tells_how_to_get_it(empty_path):
    assert binary.locate() is None
    with pytest.raises(OptionError) as told:
        binary.find()
    line = str(told.value)
    assert "\n" not in line
    for part in ("Quarto is not installed", "conda-forge", "quarto.org", "1.7", "without --engine quarto"):
        assert part in line


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_wrong_path_is_not_passed_over(command, monkeypatch, tmp_path, way):
    monkeypatch.setenv("PATH", str(command.parent))
    wrong = str(tmp_path / "no quarto")
    if way == "variable":
        monkeypatch.setenv("QUARTO_PATH", wrong)
    with pytest.raises(OptionError, match="--quarto-path" if way == "option" else "QUARTO_PATH"):
        binary.find(wrong if way == "option" else None)


def test_a_file_that_cannot_be_run_is_refused(tmp_path):
    plain = tmp_path / "quarto"
    plain.write_text("")
    with pytest.raises(OptionError, match="no program"):
        binary.find(str(plain))


@pytest.mark.parametrize("version", ["1.7.34", "1.9.38", "2.0.1", "1.10.0", "99.9.9"])
def test_the_version_is_what_it_prints(command, monkeypatch, version):
    monkeypatch.setenv("STUB_VERSION", version)
    assert binary.find(str(command)).version == version


@pytest.mark.parametrize("version", ["1.6.42", "1.3", "0.99.1"])
def test_an_old_version_is_refused(command, monkeypatch, version):
    monkeypatch.setenv("STUB_VERSION", version)
    with pytest.raises(OptionError, match=rf"too old; expected 1\.7 or newer; got {version}"):
        binary.find(str(command))


@pytest.mark.parametrize("said", ["", "quarto", "error: 1.9"])
def test_something_else_under_that_name_is_refused(command, monkeypatch, said):
    monkeypatch.setenv("STUB_VERSION", said)
    with pytest.raises(OptionError, match="no version of Quarto"):
        binary.find(str(command))


def test_a_command_that_hangs_on_its_version_is_refused(command, monkeypatch):
    def hang(*_, **options):
        raise subprocess.TimeoutExpired("quarto", options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(OptionError, match="TimeoutExpired"):
        binary.find(str(command))


@pytest.mark.parametrize(("formats", "to"), [(("html", "pdf"), "typst"), (("html",), "html")])
def test_a_small_render_proves_that_it_works(command, calls, formats, to):
    assert ready(str(command), formats).version == "1.9.38"
    version, render = calls()
    assert version["arguments"] == ["--version"] and render["arguments"][:4] == ["render", "probe.ipynb", "--to", to]


def test_a_version_alone_proves_nothing(command, monkeypatch):
    monkeypatch.setenv("STUB", "broken")
    assert binary.find(str(command)).version == "1.9.38"
    with pytest.raises(OptionError) as told:
        ready(str(command), ("html",))
    assert "does not render; got Quarto: deno: cannot execute binary file" in str(told.value)
    assert "\n" not in str(told.value)
