"""Cheques and receipts, drawn in Pillow's own font: paper, print, folds, shadow, a camera held askew."""

from __future__ import annotations

import functools
import io
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from orchestration.demo import company
from orchestration.demo.money import plain

_CHEQUE = (640, 280)
_WIDTH, _LINE = 400, 26
_QUALITY = 38


class Receipt(NamedTuple):
    """What stands on a receipt. lines: what was bought, with cents. tax is contained in the total."""

    merchant: str
    number: str
    date: str
    currency: str
    lines: list[tuple[str, int]]
    tax: int

    @property
    def total(self) -> int:
        """In cents."""
        return sum(amount for _, amount in self.lines)


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def cheque_front(
    account: str,
    number: str,
    payee: str,
    amount: int,
    date: str,
    *,
    drawer: str = f"{company.NAME} Inc",
    bank: str = company.US_BANK_NAME,
    routing: str = company.US_ROUTING_NUMBER,
) -> bytes:
    """The front of a cheque as the bank scans it: a TIFF of two colours (G4)."""
    image = Image.new("1", _CHEQUE, 1)
    draw = ImageDraw.Draw(image)
    draw.rectangle((4, 4, _CHEQUE[0] - 5, _CHEQUE[1] - 5), outline=0)
    draw.text((20, 16), drawer, font=_font(18), fill=0)
    draw.text((540, 16), number, font=_font(18), fill=0)
    draw.text((440, 56), date, font=_font(16), fill=0)
    draw.text((20, 100), f"Pay to  {payee}", font=_font(18), fill=0)
    draw.text((500, 100), f"${plain(amount)}", font=_font(18), fill=0)
    draw.line((70, 122, 480, 122), fill=0)
    draw.text((20, 150), bank, font=_font(14), fill=0)
    draw.line((420, 200, 610, 200), fill=0)
    draw.text((20, 240), f"{number}   {routing}   {account}", font=_font(18), fill=0)
    return _tiff(image)


@functools.cache
def cheque_rear() -> bytes:
    """The rear of a cheque, which is endorsed."""
    image = Image.new("1", _CHEQUE, 1)
    draw = ImageDraw.Draw(image)
    draw.text((40, 30), "For deposit only", font=_font(16), fill=0)
    draw.line((40, 56, 260, 56), fill=0)
    return _tiff(image)


def _tiff(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "TIFF", compression="group4")
    return content.getvalue()


def receipt(paper: Receipt, random: Random, *, lean: float = 0.0, blur: float = 0.0) -> bytes:
    """A photograph of a receipt, a JPEG. lean: degrees. blur: of a camera out of focus, in pixels."""
    rows = 9 + len(paper.lines)
    image = Image.new("L", (_WIDTH, rows * _LINE + 60), random.randint(228, 244))
    draw = ImageDraw.Draw(image)
    texts = [
        ("", paper.merchant, 22),
        ("", f"Receipt {paper.number}", 16),
        ("", paper.date, 16),
        *((plain(amount), name, 16) for name, amount in paper.lines),
        (f"{plain(paper.total)} {paper.currency}", "Total", 20),
        (plain(paper.tax), "Tax contained", 14),
        ("", "Thank you", 14),
    ]
    for row, (right, left, size) in enumerate(texts):
        at = 24 + row * _LINE + (8 if row > 2 else 0)
        ink = random.randint(20, 70)
        draw.text((24, at), left, font=_font(size), fill=ink)
        draw.text((_WIDTH - 24, at), right, font=_font(size), fill=ink, anchor="ra")
    fold = random.randint(_LINE * 3, image.height - _LINE)
    draw.line((0, fold, _WIDTH, fold + random.randint(-6, 6)), fill=205)
    shadow = (
        Image.linear_gradient("L")
        .rotate(random.choice((0, 90)))
        .resize(image.size)
        .point(lambda v: 215 + v * 40 // 255)
    )
    image = Image.composite(image, Image.new("L", image.size, 120), shadow)
    if lean:
        image = image.rotate(lean, Image.Resampling.BICUBIC, fillcolor=200)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()
