"""What the user's cache holds: made once, whole or not at all, the oldest forgotten."""

import os

import pytest

from salesreview import cache


@pytest.fixture(autouse=True)
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("SALESREVIEW_CACHE", str(tmp_path))


def filled(text):
    def make(folder):
        folder.mkdir()
        (folder / "file").write_text(text)

    return make


def test_a_folder_is_made_once_and_then_found(tmp_path):
    first = cache.folder("marts", "a", filled("one"))
    assert cache.folder("marts", "a", filled("two")) == first == tmp_path / "marts" / "a"
    assert (first / "file").read_text() == "one"


def test_what_fails_leaves_nothing_and_is_tried_again(tmp_path):
    def make(folder):
        filled("half")(folder)
        raise ValueError("no")

    with pytest.raises(ValueError):
        cache.folder("marts", "a", make)
    assert list((tmp_path / "marts").iterdir()) == []
    assert (cache.folder("marts", "a", filled("whole")) / "file").read_text() == "whole"


def test_another_process_that_was_first_wins(tmp_path):
    def make(folder):
        filled("second")(folder)
        filled("first")(tmp_path / "marts" / "a")

    assert (cache.folder("marts", "a", make) / "file").read_text() == "first"


def test_the_folders_asked_for_last_stay(tmp_path):
    for number in range(cache.KEPT):
        path = cache.folder("marts", str(number), filled(""))
        os.utime(path, (number, number))
    cache.folder("marts", "0", filled(""))
    cache.folder("marts", "new", filled(""))
    assert {path.name for path in (tmp_path / "marts").iterdir()} == {"0", "new", *map(str, range(2, cache.KEPT))}
