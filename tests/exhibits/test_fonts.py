"""One pair of faces everywhere: made once, carried in small pieces, and no box on any page."""

import base64
import io
import os
import re
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from salesreview.errors import RenderError
from salesreview.exhibits import fonts

PAGE = "2026年上半年销售额 1,234.57 万元，同比 +12.3%；䶮翀软件（上海）有限公司 Zürich"
PRIVATE = "\U000f0000"


def faces_in(css: str) -> list[tuple[str, TTFont]]:
    rules = re.findall(r'font-family: "([^"]+)".*?base64,([^"]+)"', css)
    return [(family, TTFont(io.BytesIO(base64.b64decode(data)))) for family, data in rules]


def test_preparing_twice_writes_once():
    first = {name: path.stat().st_mtime_ns for name, path in fonts.prepare().items()}
    fonts.prepare.cache_clear()
    assert {name: path.stat().st_mtime_ns for name, path in fonts.prepare().items()} == first
    assert set(first) == {"Regular", "Bold"}


def test_an_empty_cache_is_filled_and_leaves_nothing_else_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("SALESREVIEW_CACHE", str(tmp_path))
    fonts.prepare.cache_clear()
    try:
        made = fonts.prepare()
        assert sorted(made["Bold"].parent.iterdir()) == sorted(made.values())
        for weight, number in (("Regular", 400), ("Bold", 700)):
            with TTFont(made[weight], lazy=True) as font:
                assert "fvar" not in font
                assert font["OS/2"].usWeightClass == number
                assert font["name"].getDebugName(1) == fonts.FAMILY
                assert "Open Font License" in font["name"].getDebugName(13)
    finally:
        fonts.prepare.cache_clear()


def test_rare_characters_are_held():
    assert fonts.missing("䶮㛃镕喆翀") == set()
    fonts.require(PAGE)


def test_white_space_is_never_missing():
    assert fonts.missing(" \t\n\u200b\ufeff") == set()


def test_missing_characters_are_named_with_their_place():
    assert fonts.missing(f"a{PRIVATE}b") == {PRIVATE}
    with pytest.raises(RenderError, match=r"page in zh.*no font has.*U\+F0000"):
        fonts.embedded_css(f"a{PRIVATE}b", lang="zh")


def test_embedded_faces_hold_the_text_and_little_else():
    css = fonts.embedded_css(PAGE, lang="zh")
    faces = faces_in(css)
    assert [family for family, _ in faces] == [fonts.FAMILY] * 2
    for _, font in faces:
        held = set(map(chr, font.getBestCmap()))
        assert set(PAGE) <= held
        assert len(held) < len(set(PAGE)) + 20
    assert len(css) < 60_000


def test_english_pages_have_narrow_quotation_marks_and_no_other_sign_from_that_face():
    quoting = faces_in(fonts.embedded_css("“it’s” （Chinese， too）", lang="en"))
    assert [family for family, _ in quoting] == [fonts.FAMILY] * 2 + [fonts.NARROW] * 2
    for _, font in quoting[2:]:
        widths = {chr(code): font["hmtx"][name][0] for code, name in font.getBestCmap().items()}
        assert set(widths) == {*fonts.QUOTES, " "} and all(200 < width < 600 for width in widths.values())
    for text, lang in (("“中文”", "zh"), ("plain", "en")):
        assert {family for family, _ in faces_in(fonts.embedded_css(text, lang=lang))} == {fonts.FAMILY}


def test_what_the_chinese_face_lacks_comes_from_the_second_family():
    georgian = "თბილისი"
    assert fonts.missing(georgian) == set()
    families = [family for family, _ in faces_in(fonts.embedded_css(georgian, lang="en"))]
    assert families == [fonts.FAMILY] * 2 + [fonts.FALLBACK] * 2


def test_the_same_text_gives_the_same_bytes_in_any_process():
    code = (
        "import hashlib, sys; from salesreview.exhibits import fonts; "
        "print(hashlib.sha256(fonts.embedded_css(sys.argv[1], lang='zh').encode()).hexdigest())"
    )
    digests = set()
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", code, PAGE], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        digests.add(run.stdout)
    assert len(digests) == 1
