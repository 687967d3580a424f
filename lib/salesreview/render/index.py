"""index.html: the pack's cover page, with every review, what it says, and what could not be built."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..contract.quality import Quality
from ..exhibits.entries import word
from .document import Colophon, Cover, document, template
from .fragments import Ids, clean
from .quality import summary

PREFIX = "ix"


@dataclass(frozen=True)
class Listed:
    """A review as the index lists it. ``record`` is what its notebook displayed, None when it failed; ``files`` are
    (language, format, path) in the order of the links."""

    variant: str
    record: Mapping | None
    files: tuple[tuple[str, str, str], ...]
    reason: str | None = None


def index_page(
    reviews: tuple[Listed, ...],
    quality: Quality,
    cover: Cover,
    lang: str,
    colophon: Colophon,
    *,
    quality_file: str,
    whole: tuple[tuple[str, str], ...] = (),
    other_languages: tuple[tuple[str, str], ...] = (),
) -> str:
    """The page in one language. ``whole`` are (format, file) of what holds all reviews, ``other_languages`` (language,
    file) of the same page in the others."""
    built = [review for review in reviews if review.record]
    cards = clean(built[0].record["cards"][lang], Ids(PREFIX).keep).html if built else ""
    body = template("index.html.j2").render(
        prefix=PREFIX,
        words=_words(lang),
        reviews=tuple(_row(review, lang) for review in reviews),
        quality=summary(quality, lang),
        quality_file=quality_file,
        whole=tuple((word(f"pack.whole_{kind}", lang), href) for kind, href in whole),
        other_languages=tuple((word(f"pack.language.{code}", lang), href) for code, href in other_languages),
    )
    verdict = _state(len(reviews), len(reviews) - len(built), lang)
    title = word("pack.index_title", lang)
    return document(
        cover,
        lang,
        prefix=PREFIX,
        title=title,
        verdict=verdict,
        cards=cards,
        body=body,
        colophon=colophon,
        kind="listing",
    )


def _state(count: int, failed: int, lang: str) -> str:
    if failed:
        return word("pack.index_state_failed", lang, count=str(count), failed=str(failed))
    return word("pack.index_state_ok", lang, count=str(count))


def _row(review: Listed, lang: str) -> dict[str, object]:
    links = [(f"{word(f'pack.language.{code}', lang)} {kind.upper()}", path) for code, kind, path in review.files]
    name = review.record["title"][lang] if review.record else word(f"variant.{review.variant}", lang)
    if review.record is None:
        return {
            "name": name,
            "failed": True,
            "links": links,
            "verdict": word("pack.index_failed", lang, reason=review.reason),
        }
    return {"name": name, "failed": False, "links": links, "verdict": review.record["headline"][lang]}


def _words(lang: str) -> dict[str, str]:
    names = "whole reviews review verdict files quality more figures notebooks manifest quality_link"
    return {name: word(f"pack.index_{name}", lang) for name in names.split()}
