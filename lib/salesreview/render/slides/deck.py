"""A deck of slides in the house's look, 16:9: titles that are titles, native texts and tables, the same bytes twice."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from ...exhibits import theme
from .fit import INDENT, LEADING, Paragraph, fitted

WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT = 0.5, WIDTH - 0.5
BODY = RIGHT - LEFT
TOP, BOTTOM = 1.35, 6.95
FACES = {"zh": ("Microsoft YaHei", "Microsoft YaHei"), "en": ("Calibri", "Microsoft YaHei")}
"""Latin and East Asian faces that PowerPoint has on most machines."""
TITLE_SIZES = (28, 26, 24, 22, 20, 18, 16, 14)
ABOVE_SIZES = (11, 10, 9, 8, 7)
TITLE_LAYOUT = 5
EPOCH = (1980, 1, 1, 0, 0, 0)
ACCENTS = theme.PARTS[:6]
Place = tuple[float, float, float, float]
"""Left, top, width and height in inches."""


class Deck:
    """A presentation that is being written; sizes and places are in inches."""

    def __init__(self, lang: str, title: str, company: str, as_of: str):
        self.lang = lang
        self.file = Presentation()
        self._widen()
        self._themed()
        day = datetime.fromisoformat(as_of)
        about = self.file.core_properties
        about.title, about.author, about.last_modified_by, about.subject = title, "salesreview", "salesreview", company
        about.created = about.modified = day
        about.revision = 1

    def slide(self, title: str, above: str = ""):
        """A slide with its title, on two lines at most, set as large as fits; ``above`` stands small over it."""
        made = self.file.slides.add_slide(self.file.slide_layouts[TITLE_LAYOUT])
        shape = made.shapes.title
        shape.left, shape.top, shape.width, shape.height = places(LEFT, 0.42, BODY, 0.82)
        told = Paragraph(title, bold=True, colour=theme.ROLES["actual"])
        size = fitted([told], BODY * 72, 0.82 * 72, TITLE_SIZES, most=2) or TITLE_SIZES[-1]
        self.fill(shape.text_frame, [told], size, MSO_ANCHOR.MIDDLE)
        if above:
            self.text(made, (LEFT, 0.2, BODY, 0.22), [Paragraph(above, colour=theme.MUTED)], ABOVE_SIZES, name="above")
        return made

    def text(self, slide, place: Place, paragraphs: Sequence[Paragraph], sizes: Sequence[float], *,
             anchor=MSO_ANCHOR.TOP, align=PP_ALIGN.LEFT, name: str = "") -> bool:  # fmt: skip
        """A text box at ``place`` (left, top, width, height) with the largest of ``sizes`` that fits.

        Without one nothing is written; says whether it was.
        """
        size = fitted(paragraphs, place[2] * 72, place[3] * 72, sizes)
        if size is None:
            return False
        box = slide.shapes.add_textbox(*places(*place))
        if name:
            box.name = name
        self.fill(box.text_frame, paragraphs, size, anchor, align)
        return True

    def common_size(self, boxes: Sequence[tuple[Sequence[Paragraph], tuple]], sizes: Sequence[float]) -> float | None:
        """The largest of ``sizes`` at which each text fits its place; None where none does."""
        found = [fitted(told, place[2] * 72, place[3] * 72, sizes) for told, place in boxes]
        return None if None in found else min(found)

    def fill(self, frame, paragraphs: Sequence[Paragraph], size: float, anchor=MSO_ANCHOR.TOP,
             align=PP_ALIGN.LEFT) -> None:  # fmt: skip
        """Write ``paragraphs`` into a text frame at ``size`` points, with line heights that no face changes."""
        frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for place, one in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.alignment = align
            paragraph.line_spacing = Pt(round(size * one.factor * LEADING, 1))
            paragraph.space_before = Pt(round(size * one.factor * one.before, 1)) if place else Pt(0)
            run = paragraph.add_run()
            run.text = _clean(one.text)
            if one.bullet:
                _bulleted(paragraph, INDENT * size * one.factor)
            self.face(run.font, size * one.factor, one.bold, one.colour)

    def face(self, font, size: float, bold: bool, colour: str) -> None:
        """Set a run's size, weight, colour and both typefaces."""
        font.size, font.bold = Pt(round(size, 1)), bold
        font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        latin, asian = FACES[self.lang]
        font.name = latin
        element = font._element.find(qn("a:ea"))
        if element is None:
            element = etree.SubElement(font._element, qn("a:ea"))
        element.set("typeface", asian)
        font._element.set("lang", "zh-CN" if self.lang == "zh" else "en-US")

    def box(self, slide, place: Place, fill: str):
        """A filled rectangle without outline, for the eye only."""
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *places(*place))
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill.lstrip("#"))
        shape.line.fill.background()
        shape._element.remove(shape._element.find(qn("p:style")))
        return shape

    def picture(self, slide, png: bytes, place: Place, told: str) -> None:
        """A picture with its alternative text."""
        shape = slide.shapes.add_picture(io.BytesIO(png), *places(*place))
        shape._element.nvPicPr.cNvPr.set("descr", told)

    def notes(self, slide, told: str) -> None:
        """What the speaker sees."""
        slide.notes_slide.notes_text_frame.text = _clean(told)

    def save(self, target: Path) -> None:
        """Write the file; entries in order and without clock."""
        raw = io.BytesIO()
        self.file.save(raw)
        with zipfile.ZipFile(raw) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                packed.writestr(entry, given.read(name))

    def _widen(self) -> None:
        factor = Inches(WIDTH) / self.file.slide_width
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        master = self.file.slide_master
        for shape in [*master.shapes, *(shape for layout in self.file.slide_layouts for shape in layout.shapes)]:
            if shape._element.xpath(".//a:xfrm"):
                shape.left, shape.width = Emu(round(shape.left * factor)), Emu(round(shape.width * factor))

    def _themed(self) -> None:
        """The house's colours and faces as the theme's, for slides that people add."""
        part = self.file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        latin, asian = FACES[self.lang]
        xml = part.blob.decode("utf-8")
        xml = re.sub(r'<a:latin typeface="[^"]*"/><a:ea typeface=""/>', _typefaces(latin, asian), xml)
        for place, colour in enumerate(ACCENTS, 1):
            xml = re.sub(rf'(<a:accent{place}><a:srgbClr val=)"\w+"', rf'\1"{colour.lstrip("#").upper()}"', xml)
        part._blob = xml.encode("utf-8")


def _typefaces(latin: str, asian: str) -> str:
    return f'<a:latin typeface="{latin}"/><a:ea typeface="{asian}"/>'


def _bulleted(paragraph, points: float) -> None:
    """A native bullet, with the text set in behind it."""
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(Pt(points)))
    properties.set("indent", str(-Pt(points)))
    etree.SubElement(properties, qn("a:buFont")).set("typeface", "Arial")
    etree.SubElement(properties, qn("a:buChar")).set("char", "•")


def places(*inches: float) -> tuple[Emu, ...]:
    return tuple(Inches(value) for value in inches)


def _clean(words: str) -> str:
    """Without the control characters that a presentation cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", words)
