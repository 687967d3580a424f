"""A pack appears whole or not at all."""

import os

import pytest

from salesreview.pack.publish import MARK, publishing


def content(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_pack_takes_its_place(tmp_path):
    with publishing(tmp_path / "out" / "2026-H1") as folder:
        (folder / "index.html").write_text("new")
        assert not (tmp_path / "out" / "2026-H1").exists()
    assert content(tmp_path / "out") == ["2026-H1"]


def test_the_earlier_pack_stays_until_the_new_one_is_whole_and_leaves_nothing(tmp_path):
    target = tmp_path / "2026-H1"
    target.mkdir()
    (target / "old.html").write_text("old")
    with publishing(target) as folder:
        (folder / "new.html").write_text("new")
        assert content(target) == ["old.html"]
    assert content(target) == ["new.html"]
    assert content(tmp_path) == ["2026-H1"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_earlier_pack_survives_a_failed_build(tmp_path, error):
    target = tmp_path / "2026-H1"
    target.mkdir()
    (target / "old.html").write_text("old")
    with pytest.raises(error), publishing(target) as folder:
        (folder / "half.html").write_text("half")
        raise error
    assert content(target) == ["old.html"]
    assert content(tmp_path) == ["2026-H1"]


def test_a_failed_build_leaves_no_folders(tmp_path):
    with pytest.raises(ValueError), publishing(tmp_path / "a" / "b" / "2026-H1"):
        raise ValueError
    assert content(tmp_path) == []


def test_without_an_atomic_exchange_the_result_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("salesreview.pack.publish._exchanged", lambda one, other: False)
    target = tmp_path / "2026-H1"
    target.mkdir()
    with publishing(target) as folder:
        (folder / "new.html").write_text("new")
    assert content(target) == ["new.html"]
    assert content(tmp_path) == ["2026-H1"]


def test_what_a_killed_build_left_is_removed_but_not_a_running_one(tmp_path):
    dead, running = tmp_path / f".2026-H1{MARK}999999999", tmp_path / f".2026-H1{MARK}{os.getppid()}"
    dead.mkdir(), running.mkdir()
    with publishing(tmp_path / "2026-H1"):
        assert not dead.exists() and running.exists()
