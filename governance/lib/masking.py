"""Masking of personal data in single values and inside running text."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

# What people type for digits and the signs between them; as long as what it stands for.
NARROW = str.maketrans("０１２３４５６７８９Ｘｘ＋－—–．·\u3000\u00a0", "0123456789Xx+---..  ")
GAP = "[-. ]{0,2}"
# 18 digits (the last may be X) or the 15 of old cards; not part of a longer number.
ID_NUMBER = re.compile(
    rf"(?<![0-9])(\d{{6}}){GAP}(?:\d{{8}}|\d{{5}}){GAP}(\d{{3}}[0-9Xx]|\d{{4}})(?![0-9])"
)
MOBILE = re.compile(
    rf"(?<![0-9])((?:(?:\+|00)?86{GAP})?1[3-9]\d){GAP}\d{{4}}{GAP}(\d{{4}})(?![0-9])"
)
LANDLINE = re.compile(rf"(?<![0-9])(0\d{{2,3}}{GAP})\d{{3,4}}{GAP}(\d{{4}})(?![0-9])")
# What each of them has at least. Most texts have no such number: one look instead of six.
TEN_DIGITS = re.compile(r"\d(?:\D{0,2}\d){9}")
SHORT = 200  # characters
Cover = Callable[[re.Match[str]], str]
COVERS: tuple[tuple[re.Pattern[str], Cover], ...] = (
    (MOBILE, lambda found: f"{found[1]}******{found[2][-2:]}"),
    (ID_NUMBER, lambda found: f"{found[1][:4]}************"),
    (LANDLINE, lambda found: f"{found[1]}*****{found[2][-2:]}"),
)


def mask_name(name: str) -> str:
    """Keep the first character: 演示居民 becomes 演**."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """Keep three digits in front and two behind."""
    return f"{phone[:3]}******{phone[-2:]}" if len(phone) > 5 else "*" * len(phone)


def mask_id_number(number: str) -> str:
    return f"{number[:4]}{'*' * 12}{number[-2:]}" if len(number) > 6 else "*" * len(number)


def mask_text(text: str) -> str:
    """Mask every identity, mobile and landline number in a text, however its digits are typed."""
    return _seen(text) if len(text) <= SHORT else _masked(text, COVERS)


def mask_people(text: str) -> str:
    """Mask the identity and mobile numbers in a text; an office's landline stays."""
    return _masked(text, COVERS[:2])


@lru_cache(maxsize=20_000)
def _seen(text: str) -> str:
    """Mask a title or an address: queues show the same ones again and again."""
    return _masked(text, COVERS)


def _masked(text: str, covers: tuple[tuple[re.Pattern[str], Cover], ...]) -> str:
    if not TEN_DIGITS.search(text):
        return text
    narrow = text.translate(NARROW)
    for pattern, cover in covers:
        if pattern.search(narrow):
            text = _covered(text, pattern.finditer(narrow), cover)
            narrow = text.translate(NARROW)
    return text


def _covered(text: str, numbers: Iterable[re.Match[str]], cover: Cover) -> str:
    pieces, end = [], 0
    for found in numbers:
        pieces += [text[end : found.start()], cover(found)]
        end = found.end()
    return "".join([*pieces, text[end:]])
