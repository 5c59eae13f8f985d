"""Days and digits as people write them in a CSV: other digits, eras, calendars, months in other languages.

Belongs here: how a text becomes one that a strptime format reads. Nothing of it is asked where the text is
read as it stands.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
import zoneinfo
from collections import Counter
from collections.abc import Iterator

from orchestration.collect.readers.csv_profiles import FIRST
from orchestration.lake.schema import FIRST_DATE, LAST_DATE

# Zeros: Arabic, Persian, Devanagari, Bengali, Gujarati, Thai, Lao, Burmese, Khmer and full-width ones.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0ae6\u0e50\u0ed0\u1040\u17e0\uff10"
# What stands among digits: Arabic marks, full-width ones, minus signs, and the yen sign of Shift JIS.
_MARKS = dict(
    zip(
        "\u066b\u066c\uff0c\uff0e\uff0f\uff0d\u2212\u2013\uffe5\\",
        ".,,./---\u00a5\u00a5",
        strict=True,
    )
)
LATIN = str.maketrans({chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)} | _MARKS)
# So many days that follow one another tell an order.
LEAST_CHANGES = 5
# The year before the first of an era.
_ERAS = {
    **dict.fromkeys(("令和", "R", "R."), 2018),
    **dict.fromkeys(("平成", "H", "H."), 1988),
    **dict.fromkeys(("昭和", "S", "S."), 1925),
    **dict.fromkeys(("民國", "民国", "中華民國"), 1911),
}
_ERA = re.compile(
    rf"({'|'.join(map(re.escape, sorted(_ERAS, key=len, reverse=True)))}) ?(元|[0-9]{{1,3}})(?=[年/.\-])"
)
# Taiwan's years have three digits, Thailand's are 543 ahead.
_THREE_DIGITS = re.compile(r"1[0-4][0-9](?=[/.\-年]|[0-9]{4}$)")
_OF_THAILAND = re.compile(r"(?<![0-9])2[456][0-9]{2}(?![0-9])")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Where languages do not agree about what letters mean, no beginning of them is read: Poland's listopad is
# November, Croatia's October.
_MONTHS = (
    "january januar januari janvier janeiro januarie stycznia styczeń ocak enero gennaio января январь січня",
    "february februar februari februarie février fevrier febrero fevereiro febbraio lutego luty şubat "
    "subat февраля февраль лютого",
    "march mars märz marz mrz maerz maart mrt marts marzo março marca marzec mart maret mac martie марта "
    "март березня",
    "april avril abril aprile aprilie kwietnia kwiecień nisan апреля апрель квітня",
    "may mai maj mei mayo maio maggio maja mayıs mayis mag мая май травня",
    "june juni jun juin junio junho giugno czerwca czerwiec haziran lipnja lipanj červen června iunie "
    "июня июнь червня",
    "july juli jul juillet julio julho luglio lipca lipiec temmuz srpnja srpanj červenec července iulie "
    "июля июль липня",
    "august août aout agosto augustus augusti agustus agt agu ogos sierpnia sierpień ağustos agustos "
    "srpen srpna августа август серпня",
    "september septembre septiembre setiembre setembro settembre września wrzesień eylül eylul septembrie "
    "сентября сентябрь вересня",
    "october oktober octobre octubre outubro ottobre października październik ekim octombrie okt listopad "
    "listopada říjen октября октябрь жовтня",
    "november novembre noviembre novembro listopada listopad kasım kasim noiembrie ноября ноябрь листопада",
    "december dezember desember décembre decembre diciembre dezembro dicembre grudnia grudzień aralık "
    "aralik decembrie dis декабря декабрь грудня",
)


def _months() -> dict[str, str]:
    """English months of three letters, by all beginnings of three letters or more that mean one month."""
    beginnings = {
        (name[:length], month)
        for month, names in enumerate(_MONTHS, start=1)
        for name in names.split()
        for length in range(3, len(name) + 1)
    }
    counted = Counter(beginning for beginning, _ in beginnings)
    return {name: calendar.month_abbr[month] for name, month in beginnings if counted[name] == 1}


_MONTH_OF = _months()


@functools.lru_cache(maxsize=1 << 14)
def moment(text: str, date_formats: str) -> datetime.datetime | None:
    """The moment that the text states in the first of the formats in which it does, as it stands or as
    readings put it; one of the calendar's days, if there is any."""
    other: datetime.datetime | None = None
    for reading in readings(text):
        for date_format in date_formats.split(FIRST):
            try:
                found = datetime.datetime.strptime(reading, date_format)
            except ValueError:
                continue
            if FIRST_DATE <= found.date() <= LAST_DATE:
                return found
            other = other or found
    return other


@functools.lru_cache(maxsize=4096)
def day(text: str, date_formats: str, time_zone: str | None) -> datetime.date | None:
    """The day of the moment, in the time zone where one is given: of a time without an offset in UTC."""
    found = moment(text, date_formats)
    if found is None or time_zone is None:
        return found and found.date()
    in_utc = found.replace(tzinfo=found.tzinfo or datetime.UTC)
    try:
        return in_utc.astimezone(zoneinfo.ZoneInfo(time_zone)).date()
    except OverflowError:
        return None


@functools.lru_cache(maxsize=64)
def exchanged(date_format: str) -> str | None:
    """The same format with day and month exchanged, or None of one that begins with the year."""
    if date_format.startswith("%Y") or not {"%d", "%m"} <= set(re.findall("%.", date_format)):
        return None
    return re.sub("%[dm]", lambda found: {"%d": "%m", "%m": "%d"}[found[0]], date_format)


class DayOrder:
    """Whether the days of a file run in one direction only where day and month are exchanged.

    Banks write their rows by date. A day above the twelfth tells that they are right, and is seen as such.
    """

    def __init__(self, date_formats: str) -> None:
        self.formats = date_formats
        others = [exchanged(date_format) for date_format in date_formats.split(FIRST)]
        self.others = FIRST.join(other or "" for other in others)
        self.is_open = all(others)
        self._days: tuple[datetime.date, datetime.date] | None = None
        # How often the day rises and falls, as the formats have it and exchanged.
        self._counts = [[0, 0], [0, 0]]

    def see(self, text: str) -> None:
        """The date of a row, where it is not as in the one before."""
        found, other = moment(text, self.formats), moment(text, self.others)
        if found is None or other is None:
            self.is_open = False
            return
        days = found.date(), other.date()
        for before, after, count in zip(self._days or days, days, self._counts, strict=True):
            if before != after:
                count[after < before] += 1
        self._days = days

    def is_wrong(self) -> bool:
        """Whether the rows go to and fro, and would go one way."""
        (rises, falls), others = self._counts
        return self.is_open and rises > 0 < falls and 0 in others and sum(others) >= LEAST_CHANGES


def readings(text: str) -> Iterator[str]:
    """The text; then in Latin digits, with years of our calendar and months in English; then without full
    stops behind the months."""
    yield text
    plain = text.translate(LATIN)
    if era := _ERA.match(plain):
        plain = f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}{plain[era.end() :]}"
    elif three := _THREE_DIGITS.match(plain):
        plain = f"{int(three[0]) + 1911}{plain[three.end() :]}"
    else:
        plain = _OF_THAILAND.sub(lambda found: str(int(found[0]) - 543), plain)
    words = {word: _MONTH_OF.get(word.casefold(), word) for word in _WORD.findall(plain)}
    put = _WORD.sub(lambda found: words[found[0]], plain)
    without = re.sub(r"(?<=[^\W\d_])\.", "", put)
    yield from (each for each in dict.fromkeys((put, without)) if each != text)
