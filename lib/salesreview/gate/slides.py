"""pack.pptx: slides with titles, pictures with alternative texts, everything on the slide, the record's figures."""

from collections.abc import Iterator
from pathlib import Path

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from .combined import Whole
from .expected import squeezed
from .html_safety import picture_fault
from .leaks import leaks
from .page import Carried
from .problem import Check, Fault

ACTIVE = ("vbaProject", "activeX", "/embeddings/", "oleObject", "/media/media")


class Slides:
    """A .pptx file. Raises pptx errors or zipfile.BadZipFile for what is none."""

    def __init__(self, folder: Path, name: str):
        self.name = name
        self.file = Presentation(str(folder / name))
        self.slides = list(self.file.slides)
        self.texts = [[told for shape in slide.shapes for told in _texts(shape)] for slide in self.slides]

    @property
    def titles(self) -> list[str]:
        """The title of each slide, "" where there is none."""
        return [slide.shapes.title.text_frame.text if slide.shapes.title else "" for slide in self.slides]


def titles(deck: Slides, whole: Whole) -> Iterator[Fault]:
    """There are slides, each with a title; no placeholder is left empty."""
    if not deck.slides:
        yield Fault("slides", "none")
    for number, (slide, title) in enumerate(zip(deck.slides, deck.titles, strict=True), 1):
        if not title.strip():
            yield Fault(f"slide {number}", "a slide without title")
        for shape in slide.placeholders:
            if shape.has_text_frame and not shape.text_frame.text.strip():
                yield Fault(f"slide {number}", "an empty placeholder", got=shape.name)


def alternatives(deck: Slides, whole: Whole) -> Iterator[Fault]:
    """Pictures, tables and charts say what they show; pictures decode."""
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.shapes:
            graphic = shape.shape_type == MSO_SHAPE_TYPE.PICTURE or shape.has_table or shape.has_chart
            if graphic and not _described(shape).strip():
                yield Fault(f"slide {number}", "a picture or table without alternative text", got=shape.name)
            if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
                wrong = picture_fault(Carried(shape.image.content_type, shape.image.blob))
                if wrong:
                    yield Fault(f"slide {number}", wrong, got=shape.name)


def inside(deck: Slides, whole: Whole) -> Iterator[Fault]:
    """Every shape lies on its slide."""
    width, height = deck.file.slide_width, deck.file.slide_height
    spare = width // 500
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.shapes:
            if None in (shape.left, shape.top, shape.width, shape.height):
                continue
            right, bottom = shape.left + shape.width, shape.top + shape.height
            if shape.left < -spare or shape.top < -spare or right > width + spare or bottom > height + spare:
                yield Fault(f"slide {number}", "content outside the slide", got=shape.name)


def headlines(deck: Slides, whole: Whole) -> Iterator[Fault]:
    """Each review has a slide with its verdict as title and its headline figures as printed."""
    by_title: dict[str, str] = {}
    for title, texts in zip(deck.titles, deck.texts, strict=True):  # two reviews may come to the same verdict
        by_title[squeezed(title)] = by_title.get(squeezed(title), "") + squeezed("".join(texts))
    for review in whole.expected:
        verdict = review.verdict(whole.lang)
        told = by_title.get(squeezed(verdict))
        if told is None:
            yield Fault("slides", f"no slide with the verdict of {review.variant}", verdict)
            continue
        for headline in review.headlines(whole.lang)[:6]:
            if squeezed(headline.label + headline.printed) not in told:
                reason = f"the headline figure of {review.variant}: {headline.label}"
                yield Fault(f"slide “{verdict[:40]}”", reason, headline.printed, "another or none")


def active(deck: Slides, whole: Whole) -> Iterator[Fault]:
    """No macro, embedded object or film; nothing that is fetched."""
    for part in deck.file.part.package.iter_parts():
        if any(mark in str(part.partname) for mark in ACTIVE):
            yield Fault(str(part.partname), "a deck must not have this part")
        for related in part.rels.values():
            if related.is_external and not related.reltype.endswith("/hyperlink"):
                yield Fault(str(part.partname), "the deck would fetch this", got=related.target_ref)


def machine_words(deck: Slides, whole: Whole) -> Iterator[Fault]:
    for number, (slide, texts) in enumerate(zip(deck.slides, deck.texts, strict=True), 1):
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        if number > 1:  # the first slide names the reasons of failed reviews
            for fault in leaks([*texts, *notes.splitlines()], whole.names):
                yield Fault(f"slide {number} {fault.place}", fault.reason, fault.expected, fault.got)


def _described(shape) -> str:
    return shape._element.xpath("./*/p:cNvPr/@descr")[0] if shape._element.xpath("./*/p:cNvPr/@descr") else ""


def _texts(shape) -> Iterator[str]:
    if shape.has_text_frame:
        yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
    if getattr(shape, "has_table", False) and shape.has_table:
        yield from (cell.text for row in shape.table.rows for cell in row.cells)


CHECKS = (
    Check("slides.titles", "every slide of pack.pptx has a title; no placeholder is empty", titles),
    Check("slides.alt", "pictures and tables of pack.pptx have alternative texts; pictures decode", alternatives),
    Check("slides.inside", "nothing lies outside a slide", inside),
    Check("slides.headlines", "a slide for each review with verdict and headline figures as printed", headlines),
    Check("slides.active", "pack.pptx has no macro, embedded object or link that is fetched", active),
    Check("slides.words", "pack.pptx: no traceback, bare None or nan, placeholder", machine_words),
)
