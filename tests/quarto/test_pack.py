"""Packs whose pages Quarto makes: one failure stays alone, the manifest names the engine, no work without Quarto."""

import json

import pytest

from salesreview import cli, doctor
from salesreview.pack.build import BuildRequest, build_pack
from salesreview.progress import Silent

from ..pack.conftest import flat_source  # noqa: F401
from ..pack.standins import whole


@pytest.fixture
def build(tmp_path, save, flat_source, command):  # noqa: F811
    def run(*variants, **options):
        for variant in variants:
            path = save(variant, whole(variant))
        usual = {"period": "H1", "source": str(flat_source), "formats": ("html",), "jobs": 2, "variants": variants}
        usual |= {"out": tmp_path / "out", "notebooks": path.parent, "engine": "quarto", "quarto_path": str(command)}
        return build_pack(BuildRequest(**usual | options), Silent())

    return run


@pytest.mark.slow
def test_a_review_that_quarto_cannot_render_fails_alone(build, command):
    command.with_name("faults.json").write_text(json.dumps({"团队成长": "no_tex"}), encoding="utf-8")
    result = build("data_driven", "team")
    assert result.exit_code == 1
    assert {review.variant: review.reason for review in result.reviews} == {
        "data_driven": None,
        "team": "Quarto: No TeX installation was detected.",
    }
    good, bad = ((result.folder / "zh" / f"{name}.html").read_text("utf-8") for name in ("data_driven", "team"))
    assert 'class="failure"' not in good and "自己的话" in good and "<script" not in good
    assert "Quarto: No TeX installation was detected." in bad and "未能" in bad
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["engine"] == {"name": "quarto", "version": "1.9.38", "tags": True}
    assert manifest["reviews"]["team"]["status"] == "failed"


@pytest.fixture
def refused(tmp_path, capsys):
    """The one line with which the command line refuses a pack by Quarto, before anything is written."""

    def run(*arguments) -> str:
        out = tmp_path / "out"
        with pytest.raises(SystemExit) as left:
            cli.run(["--period", "H1", "--engine", "quarto", "--out", str(out), *arguments])
        said = capsys.readouterr()
        assert left.value.code == 2 and said.out == "" and said.err.count("\n") == 1 and not out.exists()
        return said.err

    return run


def test_without_quarto_nothing_is_built_and_one_line_says_how_to_get_it(refused, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    said = refused()
    for part in ("Quarto is not installed", "conda-forge", "quarto.org"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("STUB_VERSION", "1.6.42", "too old"), ("STUB", "broken", "does not render"), ("STUB_VERSION", "", "no version")],
)
def test_a_quarto_that_cannot_be_used_is_refused_before_any_work(refused, command, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    assert said in refused("--quarto-path", str(command))


def test_one_engine_of_those_there_are(refused, capsys):
    for wrong in ("quart", "weasyprint,quarto"):
        with pytest.raises(SystemExit):
            cli.run(["--period", "H1", "--engine", wrong])
        assert "--engine: " in capsys.readouterr().err


def test_doctor_tells_of_quarto(command, monkeypatch):
    monkeypatch.setenv("QUARTO_PATH", str(command))
    assert doctor_line() == f"ok      Quarto: 1.9.38 at {command}"
    monkeypatch.setenv("STUB_VERSION", "1.8.1")
    assert "not tagged" in doctor_line()
    monkeypatch.setenv("STUB_VERSION", "1.6.1")
    assert doctor_line().startswith("MISSING Quarto: ") and "too old" in doctor_line() and "quarto.org" in doctor_line()


def doctor_line() -> str:
    return next(finding.line for finding in doctor.examine() if finding.name == "Quarto")
