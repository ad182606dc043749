"""Numbers that carry a check digit."""

import re

ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"  # by the weighted sum modulo 11 (GB 11643)
# Without I, O, S, V and Z, which are taken for digits (GB 32100).
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC = re.compile(f"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")


def id_check(number: str) -> str:
    """Give the last character that the first 17 digits of an identity number ask for."""
    total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
    return ID_CHECKS[total % 11]


def uscc_check(code: str) -> str:
    """Give the last character that the first 17 of a unified social credit code ask for."""
    places = (USCC_ALPHABET.index(sign) for sign in code[:17])
    total = sum(place * weight for place, weight in zip(places, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]
