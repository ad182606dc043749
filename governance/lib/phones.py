"""Finding a telephone by some of its digits while only ciphers and keyed digests are kept."""

import re

from governance.lib.crypto import digest, digests

PIECE = 4  # digits of one piece; fewer would find a tenth of the district
LONGEST = 15  # digits of a telephone number, by E.164
ASKED = re.compile(r"[0-9 ()+-]{4,24}")
HEX_DIGITS = 15  # of a digest: they fit a signed 64-bit integer


def plain_phone(phone: str) -> str:
    """Give a telephone as it is kept and looked for: without the signs between its digits."""
    return re.sub(r"[ -]", "", phone)


def phone_fragment(words: str) -> str:
    """Give the digits of words that may be a part of a telephone; empty where they are none."""
    found = re.sub(r"[^0-9]", "", words) if ASKED.fullmatch(words) else ""
    return found if PIECE <= len(found) <= LONGEST else ""


def phone_pieces(phone: str) -> list[int]:
    """Digest each piece of a telephone with its place from the end, under the newest key."""
    return [_number(digest(piece)) for piece in _pieces(_digits(phone), 0)]


def fragment_pieces(fragment: str) -> list[list[int]]:
    """List, for each place a fragment may have in a telephone and each key, what must be there."""
    found = []
    for end in range(LONGEST - len(fragment) + 1):
        by_key = zip(*(digests(piece) for piece in _pieces(fragment, end)), strict=True)
        found += [[_number(each) for each in of_key] for of_key in by_key]
    return found


def _digits(phone: str) -> str:
    return re.sub(r"[^0-9]", "", phone)[-LONGEST:]


def _pieces(digits: str, end: int) -> list[str]:
    # The place makes pieces of the same digits differ: what is equal tells less.
    return [
        f"phone:{end + len(digits) - PIECE - at}:{digits[at : at + PIECE]}"
        for at in range(len(digits) - PIECE + 1)
    ]


def _number(hexadecimal: str) -> int:
    return int(hexadecimal[:HEX_DIGITS], 16)
