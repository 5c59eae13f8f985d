"""Pictures of paper: opened within bounds, turned upright, measured and made small. Bytes in, pages out.

Nothing that a picture carries beside its pixels and its orientation is kept. A change of what is measured is
a new STEP_VERSION (lake/datasets/documents.py).
"""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib.util
import io
import itertools
import math
import struct
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

from orchestration.lake.errors import UnreadableFile

# A sheet of A4 at 600 dots an inch has 35 million.
MAX_PIXELS = 60_000_000
MAX_PAGES = 50
TEXT_SIDE, WORKING_SIDE, SKEW_SIDE, THUMBNAIL_SIDE = 1280, 1024, 400, 240
MAX_SKEW, SKEW_STEP = 5.0, 0.5
# Pages whose lines lean less are left alone.
LEAST_SKEW = 0.5
# Darker than this share of the paper's grey is ink.
INK = 0.7
# Neighbouring fields of plain paper differ by as much in grey.
SHADE = 3
# A skew counts when the lines are so many times as clear as without it.
CLEARER = 1.05

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_TIFF = {b"II*\0": "<", b"MM\0*": ">"}
_OTHERS = {
    b"%PDF-": "is a PDF: make documents installs what reads it, or deliver its pages as JPEG, PNG or TIFF",
    b"GIF8": "is a GIF: deliver a JPEG, PNG or TIFF",
    b"<svg": "is an SVG, which may hold programs: deliver a JPEG, PNG or TIFF",
    b"<?xml": "is XML: deliver a JPEG, PNG or TIFF",
    b"BM": "is a bitmap: deliver a JPEG, PNG or TIFF",
    b"II+\0": "is a BigTIFF: deliver a TIFF",
    b"MM\0+": "is a BigTIFF: deliver a TIFF",
    b"PK\x03\x04": "is a zip or an office file: deliver a JPEG, PNG or TIFF",
}
_HEIF_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"}
# Programs in a picture's metadata or behind its end. Whoever opens the original may run them.
_ACTIVE = (b"<script", b"javascript:", b"<!entity")
_ACTIVE_IN_PDF = (b"/javascript", b"/launch", b"/richmedia", b"/xfa")
_BLOCK_BYTES = 1 << 20
# Dots an inch at which a page of a PDF is drawn at most.
_MOST_DOTS = 300
_ORIENTATION = 0x0112
_TURNS = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class Measures(NamedTuple):
    """What was measured of a page, as a DocumentPage has it."""

    turned: int
    width: int
    height: int
    frequency_hash: int
    gradient_hash: int
    skew: Decimal
    sharpness: Decimal
    brightness: Decimal
    coverage: Decimal


class Page(NamedTuple):
    """One page of a picture. thumbnail: a JPEG, base64. picture: upright, as large as its text needs."""

    image_format: str
    page_count: int
    measures: Measures
    thumbnail: str
    picture: Image.Image


def read_pages(stream: BinaryIO) -> Iterator[Page]:
    """Each page of a JPEG, PNG, TIFF or, with the extra, PDF. Raises UnreadableFile for anything else and
    beyond the bounds."""
    image_format = _format(stream)
    _check_active(stream, (*_ACTIVE, *_ACTIVE_IN_PDF) if image_format == "pdf" else _ACTIVE)
    if image_format == "pdf":
        yield from _pdf_pages(stream)
        return
    page_count = _tiff_pages(stream) if image_format == "tiff" else 1
    # The bounds here are the ones that hold: Pillow only warns between its own and twice that.
    Image.MAX_IMAGE_PIXELS = None
    page = 0
    try:
        with Image.open(stream, formats=[image_format]) as image:
            _check_metadata(image)
            for page in range(page_count):
                if page:
                    image.seek(page)
                _check_size(image, page)
                yield _page(image, image_format, page_count)
    except (UnreadableFile, MemoryError):
        raise
    except UnidentifiedImageError:
        raise UnreadableFile(f"starts like a {image_format.upper()} and is none") from None
    # Of bytes in disorder a decoder says what it likes: IndexError, SyntaxError, struct.error and more.
    except Exception as error:
        raise UnreadableFile(f"cannot be decoded: {error}"[:200], f"page {page + 1}") from None


def _format(stream: BinaryIO) -> str:
    stream.seek(0)
    head = stream.read(64)
    stream.seek(0)
    if head.startswith(_JPEG):
        return "jpeg"
    if head.startswith(_PNG):
        return "png"
    if head[:4] in _TIFF:
        return "tiff"
    if head.startswith(b"%PDF-") and importlib.util.find_spec("pypdfium2"):
        return "pdf"
    for start, reason in _OTHERS.items():
        if head.lstrip().lower().startswith(start.lower()):
            raise UnreadableFile(reason)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        raise UnreadableFile("is HEIC: set the phone to the most compatible format, or deliver a JPEG")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise UnreadableFile("is WebP: deliver a JPEG, PNG or TIFF")
    raise UnreadableFile("is no picture: documents/ takes JPEG, PNG and TIFF, and CSV about them")


def _check_active(stream: BinaryIO, words: tuple[bytes, ...]) -> None:
    """Refuse a file in whose bytes, wherever, a program stands."""
    end = b""
    while block := stream.read(_BLOCK_BYTES):
        data = end + block.lower()
        if any(word in data for word in words):
            raise UnreadableFile("holds a program beside its picture: deliver it without metadata")
        end = data[-max(map(len, words)) :]
    stream.seek(0)


def _pdf_pages(stream: BinaryIO) -> Iterator[Page]:
    """Each page of a PDF, drawn by PDFium, which is built without what runs programs."""
    import pypdfium2

    page = 0
    try:
        with contextlib.closing(pypdfium2.PdfDocument(stream.read())) as document:
            page_count = len(document)
            if not 0 < page_count <= MAX_PAGES:
                raise UnreadableFile(f"has {page_count} pages, not 1 to {MAX_PAGES}")
            if pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
                raise UnreadableFile("holds a program: print it to a new PDF")
            for page in range(page_count):
                longest = max(document[page].get_size())
                scale = min(TEXT_SIDE / longest, _MOST_DOTS / 72)
                colours = document[page].render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
                yield _measured(colours, "pdf", page_count, 0, *colours.size)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:
        raise UnreadableFile(f"cannot be decoded: {error}"[:200], f"page {page + 1}") from None


def _tiff_pages(stream: BinaryIO) -> int:
    """How many directories follow one another in a TIFF. Their chain may loop, or lead out of the file."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    order = _TIFF[stream.read(4)]
    seen: set[int] = set()
    at = struct.unpack(f"{order}I", _exactly(stream, 4, "the first directory"))[0]
    while at:
        position = f"byte {at}"
        if at in seen:
            raise UnreadableFile("its directories loop", position)
        if at + 2 > size:
            raise UnreadableFile(f"a directory lies behind the end of the file, at {size}", position)
        if len(seen) == MAX_PAGES:
            raise UnreadableFile(f"has more than {MAX_PAGES} pages", position)
        seen.add(at)
        stream.seek(at)
        entries = struct.unpack(f"{order}H", _exactly(stream, 2, position))[0]
        stream.seek(12 * entries, io.SEEK_CUR)
        at = struct.unpack(f"{order}I", _exactly(stream, 4, position))[0]
    stream.seek(0)
    if not seen:
        raise UnreadableFile("has no page")
    return len(seen)


def _exactly(stream: BinaryIO, count: int, what: str) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise UnreadableFile("is truncated", what)
    return data


def _check_metadata(image: Image.Image) -> None:
    if getattr(image, "is_animated", False) and image.format == "PNG":
        raise UnreadableFile("is animated: deliver a still picture")
    for name, value in image.info.items():
        data = value.encode("utf-8", "replace") if isinstance(value, str) else value
        if isinstance(data, bytes) and any(word in data.lower() for word in _ACTIVE):
            raise UnreadableFile(f"its metadata ({name}) hold a program: deliver it without metadata")


def _check_size(image: Image.Image, page: int) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise UnreadableFile("has no pixels", f"page {page + 1}")
    if width * height > MAX_PIXELS:
        raise UnreadableFile(
            f"is {width} by {height} pixels, more than {MAX_PIXELS:,} in all", f"page {page + 1}"
        )


def _page(image: Image.Image, image_format: str, page_count: int) -> Page:
    orientation = image.getexif().get(_ORIENTATION, 1)
    width, height = image.size
    turned = _TURNS.get(orientation, 0)
    # Pillow turns a TIFF by itself.
    is_upright = image_format == "tiff"
    if turned in (90, 270) and not is_upright:
        width, height = height, width
    image.draft("RGB", (2 * WORKING_SIDE, 2 * WORKING_SIDE))
    colours = _in_colours(image)
    colours.thumbnail((TEXT_SIDE, TEXT_SIDE), Image.Resampling.BOX)
    if orientation != 1 and not is_upright:
        colours.getexif()[_ORIENTATION] = orientation
        colours = ImageOps.exif_transpose(colours)
    return _measured(colours, image_format, page_count, turned, width, height)


def _measured(
    colours: Image.Image, image_format: str, page_count: int, turned: int, width: int, height: int
) -> Page:
    """An upright page, measured. width and height: before it was made small."""
    grey = colours.convert("L")
    grey.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    measures = measure(grey, turned, width, height)
    return Page(image_format, page_count, measures, _thumbnail(colours), colours)


def _in_colours(image: Image.Image) -> Image.Image:
    """A copy in RGB: what is transparent is white, and sixteen bits are eight."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGB", clear.size, "white")
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper
    return image.convert("RGB")


def _thumbnail(colours: Image.Image) -> str:
    small = colours.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    content = io.BytesIO()
    # A new picture: what came with the old one does not come along.
    Image.frombytes(small.mode, small.size, small.tobytes()).save(content, "JPEG", quality=60)
    return base64.b64encode(content.getvalue()).decode("ascii")


def measure(
    grey: Image.Image, turned: int = 0, width: int | None = None, height: int | None = None
) -> Measures:
    """Measure an upright page in grey, at its working size. width and height: before it was made small."""
    paper = paper_grey(grey)
    lean = skew(grey, paper)
    straight = grey
    if abs(lean) >= LEAST_SKEW:
        straight = grey.rotate(lean, Image.Resampling.BILINEAR, fillcolor=paper)
    return Measures(
        turned=turned,
        width=width or grey.width,
        height=height or grey.height,
        frequency_hash=frequency_hash(straight),
        gradient_hash=gradient_hash(straight),
        skew=_decimal(lean, 2),
        sharpness=_decimal(sharpness(grey), 2),
        brightness=_decimal(ImageStat.Stat(grey).mean[0], 2),
        coverage=_decimal(coverage(grey, paper), 5),
    )


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def paper_grey(grey: Image.Image) -> int:
    """The grey that a tenth of the pixels exceeds: that of the paper, where ink is on it."""
    left = grey.width * grey.height / 10
    for value, count in reversed(list(enumerate(grey.histogram()))):
        left -= count
        if left <= 0:
            return value
    return 0


def sharpness(grey: Image.Image) -> float:
    """The variance of the Laplacian: how much each pixel differs from its neighbours."""
    if min(grey.size) < 3:
        return 0.0
    return ImageStat.Stat(grey.filter(_LAPLACIAN).crop((1, 1, grey.width - 1, grey.height - 1))).var[0]


def coverage(grey: Image.Image, paper: int) -> float:
    """The share of pixels that are darker than the paper: ink, folds and shadow."""
    dark = sum(grey.histogram()[: int(INK * paper)])
    return dark / (grey.width * grey.height)


def skew(grey: Image.Image, paper: int) -> float:
    """Degrees, clockwise, by which the lines of a page lean: turned back, its rows differ most."""
    small = grey.copy()
    small.thumbnail((SKEW_SIDE, SKEW_SIDE), Image.Resampling.BOX)
    steps = int(MAX_SKEW / SKEW_STEP)
    clear = {
        turn * SKEW_STEP: _row_contrast(small, turn * SKEW_STEP, paper) for turn in range(-steps, steps + 1)
    }
    best = max(clear, key=lambda angle: (clear[angle], -abs(angle)))
    return best if clear[best] > CLEARER * clear[0.0] else 0.0


def _row_contrast(small: Image.Image, angle: float, paper: int) -> float:
    turned = small.rotate(angle, Image.Resampling.BILINEAR, fillcolor=paper) if angle else small
    rows = turned.resize((1, small.height), Image.Resampling.BOX).tobytes()
    return float(sum((one - other) ** 2 for one, other in itertools.pairwise(rows)))


def gradient_hash(grey: Image.Image) -> int:
    """64 bits: of eight rows of nine fields, whether each is darker than its right neighbour, and clearly."""
    fields = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    return _signed(
        fields[9 * row + at] + SHADE < fields[9 * row + at + 1] for row in range(8) for at in range(8)
    )


def frequency_hash(grey: Image.Image) -> int:
    """64 bits: of the lowest frequencies of the page, which are above their median (pHash)."""
    side = 32
    fields = grey.resize((side, side), Image.Resampling.BOX).tobytes()
    waves = _waves(side)
    across = [
        [sum(wave[x] * fields[side * y + x] for x in range(side)) for wave in waves] for y in range(side)
    ]
    found = [sum(wave[y] * across[y][u] for y in range(side)) for wave in waves for u in range(len(waves))]
    middle = sorted(found[1:])[len(found) // 2]
    return _signed(value > middle for value in found)


@functools.cache
def _waves(side: int) -> list[list[float]]:
    return [[math.cos(math.pi * wave * (2 * at + 1) / (2 * side)) for at in range(side)] for wave in range(8)]


def _signed(bits: Iterator[bool]) -> int:
    """Bits, first one highest, as the signed 64-bit integer that both engines have."""
    value = 0
    for bit in bits:
        value = value << 1 | bit
    return value - (1 << 64) if value >> 63 else value
