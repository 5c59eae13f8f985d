"""Pictures: what is measured of them holds however they were taken, and what is no picture is refused."""

from __future__ import annotations

import base64
import importlib.util
import io
import random
import struct
import time
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, PngImagePlugin
from scale import times

from orchestration.collect import pictures
from orchestration.collect.pictures import MAX_PAGES, Measures, measure, read_pages
from orchestration.lake.errors import UnreadableFile

_ORIENTATION = 0x0112
# The var alike_bits of dbt_project.yml.
ALIKE_BITS = 4


def paper(seed: int, size: tuple[int, int] = (800, 1200)) -> Image.Image:
    """A page of printed lines."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, (238, 236, 228))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(26)
    for row in range(rng.randint(10, 24)):
        text = "".join(rng.choice("abcdefghij klmnop 0123456789") for _ in range(rng.randint(8, 40)))
        draw.text((rng.randint(20, 120), 40 + 44 * row), text, fill=(30, 30, 30), font=font)
    return image


def saved(image: Image.Image, image_format: str = "JPEG", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, image_format, **options)
    return content.getvalue()


def measured(content: bytes) -> Measures:
    (page,) = read_pages(io.BytesIO(content))
    return page.measures


def bits(one: Measures, other: Measures) -> int:
    pairs = ((one.gradient_hash, other.gradient_hash), (one.frequency_hash, other.frequency_hash))
    return sum(((a ^ b) & (1 << 64) - 1).bit_count() for a, b in pairs)


@pytest.mark.parametrize(
    ("orientation", "as_taken"),
    [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)],
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF"])
def test_a_picture_is_measured_upright(
    orientation: int, as_taken: Image.Transpose, image_format: str
) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    straight = measured(saved(paper(1), image_format))
    turned = measured(saved(paper(1).transpose(as_taken), image_format, exif=exif))
    assert turned.turned == {3: 180, 6: 90, 8: 270}[orientation]
    assert (turned.width, turned.height) == (straight.width, straight.height) == (800, 1200)
    assert bits(straight, turned) <= 2


@pytest.mark.parametrize("lean", [-3.0, -1.5, 0.0, 1.0, 4.0])
def test_the_lean_of_a_page_is_found_and_taken_back(lean: float) -> None:
    image = paper(2).convert("L").rotate(-lean, Image.Resampling.BICUBIC, fillcolor=236)
    assert abs(float(measure(image).skew) - lean) <= 0.5
    assert abs(float(measure(paper(3).convert("L")).skew)) == 0


def test_quality_tells_a_sharp_page_from_a_blurred_a_dark_and_a_blank_one() -> None:
    image = paper(4)
    sharp = measured(saved(image))
    blurred = measured(saved(image.filter(ImageFilter.GaussianBlur(6))))
    dark = measured(saved(image.point(lambda value: value // 8)))
    blank = measured(saved(Image.new("RGB", (800, 1200), "white")))
    assert blurred.sharpness < 20 < 60 < sharp.sharpness
    assert dark.brightness < 40 < sharp.brightness
    assert blank.coverage == 0 and blank.sharpness == 0
    assert Decimal("0.005") < sharp.coverage < Decimal("0.3")
    assert abs(dark.coverage - sharp.coverage) < Decimal("0.05")


def test_a_picture_that_is_saved_anew_looks_alike_and_another_page_does_not() -> None:
    pages = [paper(seed) for seed in range(10, 26)]
    originals = [measured(saved(page, quality=90)) for page in pages]
    for page, original in zip(pages, originals, strict=True):
        for again in (saved(page, quality=60), saved(page, "PNG")):
            assert bits(original, measured(again)) <= ALIKE_BITS
        assert bits(original, measured(saved(page.resize((500, 750))))) <= 2 * ALIKE_BITS
    apart = [bits(a, b) for place, a in enumerate(originals) for b in originals[:place]]
    assert min(apart) > 2 * ALIKE_BITS


def test_every_mode_of_pixels_is_read() -> None:
    grey = paper(5).convert("L")
    upright = measured(saved(grey, "PNG"))
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.paste(paper(5), mask=grey.point(lambda value: 255 if value < 128 else 0))
    sixteen = Image.frombytes("I;16", grey.size, b"".join(bytes((value, value)) for value in grey.tobytes()))
    for image in (clear, sixteen, grey.convert("1"), grey.convert("P"), paper(5).convert("CMYK")):
        found = measured(saved(image, "TIFF" if image.mode == "CMYK" else "PNG"))
        assert bits(upright, found) <= 12, image.mode
    assert measured(saved(paper(5).convert("CMYK"))).width == 800


def test_a_thumbnail_is_small_and_carries_nothing() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    (page,) = read_pages(io.BytesIO(saved(paper(6), exif=exif, icc_profile=b"profile" * 100, comment=b"Ada")))
    small = base64.b64decode(page.thumbnail)
    assert b"Ada" not in small and b"profile" not in small and len(small) < 12_000
    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) == pictures.THUMBNAIL_SIDE


def test_every_page_of_a_tiff_is_a_page() -> None:
    content = saved(
        paper(7), "TIFF", save_all=True, append_images=[paper(8), paper(9)], compression="tiff_lzw"
    )
    pages = list(read_pages(io.BytesIO(content)))
    assert [page.page_count for page in pages] == [3, 3, 3]
    assert len({page.measures.gradient_hash for page in pages}) == 3


@pytest.mark.skipif(
    not importlib.util.find_spec("pypdfium2"), reason="make documents installs what reads PDFs"
)
def test_every_page_of_a_pdf_is_a_page() -> None:
    content = saved(paper(7), "PDF", save_all=True, append_images=[paper(8), paper(9)], resolution=100)
    pages = list(read_pages(io.BytesIO(content)))
    assert [page.page_count for page in pages] == [3, 3, 3]
    for page, seed in zip(pages, (7, 8, 9), strict=True):
        assert bits(page.measures, measured(saved(paper(seed)))) <= 2 * ALIKE_BITS
    many = saved(
        paper(7).resize((80, 120)),
        "PDF",
        save_all=True,
        append_images=[paper(8).resize((80, 120))] * MAX_PAGES,
    )
    with pytest.raises(UnreadableFile, match=f"not 1 to {MAX_PAGES}"):
        list(read_pages(io.BytesIO(many)))


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(next_directories: list[int]) -> bytes:
    """Directories of no entries at 8, 14 and so on, each leading where it is told."""
    return b"II*\0" + struct.pack("<I", 8) + b"".join(struct.pack("<HI", 0, at) for at in next_directories)


def with_program() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("XML:com.adobe.xmp", "<x:xmpmeta><SCRIPT>alert(1)</SCRIPT></x:xmpmeta>")
    return saved(paper(1), "PNG", pnginfo=info)


def refusals() -> Iterator[tuple[str, bytes, str]]:
    page = paper(1)
    jpeg, tif = saved(page), saved(page, "TIFF")
    yield (
        "a bomb",
        png(40_000, 40_000, zlib.compress(b"\0" * 4_000_000)),
        "is 40000 by 40000 pixels, more than",
    )
    yield "no pixels", png(0, 5, b""), "cannot be decoded|starts like a PNG"
    yield "too little", png(500, 500, zlib.compress(b"\0" * 300)), "cannot be decoded"
    yield "half a JPEG", jpeg[: len(jpeg) // 2], "cannot be decoded: image file is truncated"
    yield "half a PNG", saved(page, "PNG")[:3000], "cannot be decoded"
    yield (
        "half a TIFF",
        tif[: len(tif) // 2],
        "a directory lies behind the end of the file|is truncated|decoded",
    )
    yield "a loop", tiff([14, 8]), "its directories loop"
    yield "a loop of one", tiff([8]), "its directories loop"
    yield "beyond", tiff([9_999]), "a directory lies behind the end"
    yield "no directory", b"II*\0\0\0\0\0", "has no page"
    many = tiff([8 + 6 * (place + 1) for place in range(MAX_PAGES + 5)])
    yield "many pages", many, f"has more than {MAX_PAGES} pages"
    frames = saved(page, "PNG", save_all=True, append_images=[paper(2)])
    yield "animated", frames, "is animated"
    yield "a program", with_program(), "holds? a program"
    yield "a program behind the end", jpeg + b"<html><SCRIPT>alert(1)</script>", "holds a program"
    packed = PngImagePlugin.PngInfo()
    packed.add_text("comment", "<script>alert(1)</script>", zip=True)
    yield "a packed program", saved(page, "PNG", pnginfo=packed), "hold a program"
    yield "a program in a PDF", b"%PDF-1.7 /OpenAction << /S /JavaScript >>", "is a PDF|holds a program"
    yield "PDF", b"%PDF-1.7 ...", "is a PDF|cannot be decoded"
    yield "SVG", b"  <svg xmlns=''><script/></svg>", "is an SVG"
    yield "GIF", b"GIF89a" + b"\0" * 40, "is a GIF"
    yield "HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 40, "is HEIC"
    yield "WebP", b"RIFF\0\0\0\0WEBPVP8 ", "is WebP"
    yield "text", b"Dear sirs", "is no picture"
    yield "named so only", b"\xff\xd8\xff not a jpeg", "starts like a JPEG and is none|cannot be decoded"


@pytest.mark.parametrize(
    ("content", "reason"), [(each[1], each[2]) for each in refusals()], ids=[e[0] for e in refusals()]
)
def test_what_is_no_sound_picture_is_refused_soon_with_its_reason(content: bytes, reason: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableFile, match=reason):
        list(read_pages(io.BytesIO(content)))
    assert time.process_time() - started < 1


@pytest.mark.drawn
def test_mutants_are_measured_or_refused() -> None:
    rng = random.Random(11)
    small = paper(1).resize((200, 300))
    originals = [saved(small), saved(small, "PNG"), saved(small, "TIFF", compression="tiff_lzw")]
    originals.append(saved(small.convert("1"), "TIFF", compression="group4"))
    refused = 0
    for _ in range(times(120)):
        changed = bytearray(rng.choice(originals))
        for _ in range(rng.randint(1, 10)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        if rng.random() < 0.3:
            del changed[rng.randrange(len(changed)) :]
        started = time.process_time()
        try:
            assert list(read_pages(io.BytesIO(bytes(changed))))
        except UnreadableFile:
            refused += 1
        assert time.process_time() - started < 5
    assert refused > 20
