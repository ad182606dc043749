"""How people and spreadsheets spell a value: reading a text as the type of its column."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from datahub.columns.numbers import ID_NUMBER, MOBILE, USCC, id_check, uscc_check
from datahub.enums import ColumnType, Fault

Read = Any
# Beside what a keyboard gives: the ideographic and the no-break space, the byte order mark.
SPACES = " \t\n\r\x0b\x0c\u3000\u00a0\ufeff"
# What an input method gives for digits, letters and signs of a number.
WIDE = "０１２３４５６７８９ＸｘＥｅ＋－．／：，"
NARROW = "0123456789XxEe+-./:,"
TO_NARROW = str.maketrans(WIDE, NARROW)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BEIJING = timezone(timedelta(hours=8))

INTEGER = re.compile(r"([+-]?[0-9]{1,18})(?:\.0{1,6})?")
DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
DATE_PART = (
    r"(?:([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"|([0-9]{4})([0-9]{2})([0-9]{2}))"
)
DATE = re.compile(DATE_PART + r"(?:[ T]0?0:00(?::00(?:\.0{1,6})?)?)?")
INSTANT = re.compile(
    DATE_PART + r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
TRUE, FALSE = ("是", "true", "1", "y", "yes"), ("否", "false", "0", "n", "no")
# An identity number that a spreadsheet took for a quantity: 3.20111E+17, 320111199001011000.0
AS_QUANTITY = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}|[0-9]{15,18}\.0+")
POINT = re.compile(
    r"(?:POINT ?\( ?)?(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)[, ;]{1,3}(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)\)?"
)
# What a file's cell was, where that is no text: put in its place when the file is read.
MARKS = {
    "\x01formula": Fault.FORMULA, "\x01error": Fault.ERROR_CELL, "\x01lost": Fault.LOST_DIGITS,
    "\x01nested": Fault.NESTED, "\x01geometry": Fault.GEOMETRY,
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1800, 2200


class UnreadableError(ValueError):
    """A text that is no value of its column's type."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def strip(text: str) -> str:
    return text.strip(SPACES)


def read(kind: ColumnType, text: str) -> Read:
    """Read a stripped text that is not empty; raise UnreadableError."""
    if CONTROL.search(text):
        raise UnreadableError(MARKS.get(text, Fault.CONTROL))
    return READERS[kind](text)


def read_text(text: str) -> str:
    return text


def read_integer(text: str) -> int:
    return int(_match(INTEGER, text.translate(TO_NARROW), Fault.INTEGER)[1])


def read_decimal(text: str) -> Decimal:
    return Decimal(_match(DECIMAL, text.translate(TO_NARROW), Fault.DECIMAL)[0])


def read_date(text: str) -> date:
    """Read 2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日 or 20260302, at midnight if at a time."""
    found = _match(DATE, text.translate(TO_NARROW), Fault.DATE)
    return _day(found, Fault.DATE)


def read_instant(text: str) -> datetime:
    """Read a date, or a date and a time; without an offset it is Beijing time."""
    found = _match(INSTANT, text.translate(TO_NARROW), Fault.DATETIME)
    day = _day(found, Fault.DATETIME)
    hour, minute, second = (int(found[place] or 0) for place in (10, 11, 12))
    micros = int(((found[13] or ".")[1:]).ljust(6, "0"))
    try:
        return datetime(
            day.year, day.month, day.day, hour, minute, second, micros, _zone(found[14])
        )
    except ValueError as error:
        raise UnreadableError(Fault.DATETIME) from error


def _zone(offset: str | None) -> timezone:
    if offset in (None, ""):
        return BEIJING
    if offset == "Z":
        return timezone.utc  # noqa: UP017
    hours, minutes = int(offset[1:3]), int(offset[4:])
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


def _day(found: re.Match[str], fault: Fault) -> date:
    year = int(found[1] or found[7])
    month = int(found[3] or found[5] or found[8])
    day = int(found[4] or found[6] or found[9])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableError(fault)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableError(fault) from error


def read_boolean(text: str) -> bool:
    word = text.translate(TO_NARROW).lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise UnreadableError(Fault.BOOLEAN)


def read_id_number(text: str) -> str:
    number = _sign(text)
    if AS_QUANTITY.fullmatch(number):
        raise UnreadableError(Fault.LOST_DIGITS)
    if not ID_NUMBER.fullmatch(number):
        raise UnreadableError(Fault.ID_NUMBER)
    if number[17] != id_check(number):
        # A spreadsheet keeps 15 digits and writes zeros for the rest.
        raise UnreadableError(Fault.LOST_DIGITS if number.endswith("000") else Fault.CHECK_DIGIT)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise UnreadableError(Fault.ID_NUMBER) from error
    if not FIRST_YEAR <= born.year <= LAST_YEAR:
        raise UnreadableError(Fault.ID_NUMBER)
    return number


def read_mobile(text: str) -> str:
    number = _sign(text).replace(" ", "").replace("-", "")
    if AS_QUANTITY.fullmatch(number):
        raise UnreadableError(Fault.LOST_DIGITS)
    return _match(MOBILE, number, Fault.MOBILE)[1]


def read_uscc(text: str) -> str:
    code = _sign(text)
    if AS_QUANTITY.fullmatch(code):
        raise UnreadableError(Fault.LOST_DIGITS)
    if not USCC.fullmatch(code):
        raise UnreadableError(Fault.USCC)
    if code[17] != uscc_check(code):
        raise UnreadableError(Fault.CHECK_DIGIT)
    return code


def read_point(text: str) -> tuple[float, float]:
    """Read longitude and latitude in degrees, in whatever system they were measured."""
    found = _match(POINT, _sign(text), Fault.POINT)
    lon, lat = float(found[1]), float(found[2])
    # China lies between 73 and 136 degrees east, 3 and 54 degrees north.
    if 3 <= lon <= 54 and 73 <= lat <= 136:
        raise UnreadableError(Fault.SWAPPED)
    if abs(lon) > 180 or abs(lat) > 90:
        raise UnreadableError(Fault.POINT)
    return lon, lat


def _sign(text: str) -> str:
    """Write digits and letters as a keyboard does, letters large."""
    narrow = text.translate(TO_NARROW)
    return narrow.upper() if narrow.isascii() else narrow


def _match(pattern: re.Pattern[str], text: str, fault: Fault) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise UnreadableError(fault)
    return found


READERS: Mapping[ColumnType, Callable[[str], Read]] = {
    ColumnType.TEXT: read_text,
    ColumnType.CODE: read_text,
    ColumnType.INTEGER: read_integer,
    ColumnType.DECIMAL: read_decimal,
    ColumnType.DATE: read_date,
    ColumnType.DATETIME: read_instant,
    ColumnType.BOOLEAN: read_boolean,
    ColumnType.ID_NUMBER: read_id_number,
    ColumnType.MOBILE: read_mobile,
    ColumnType.USCC: read_uscc,
    ColumnType.POINT: read_point,
}
