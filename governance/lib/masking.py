"""Masking of personal data in single values and inside running text."""

import re

# 18 digits (the last may be X) or the 15 of old cards; not part of a longer number.
ID_NUMBER = re.compile(r"(?<![0-9])(\d{6})(?:\d{8}|\d{5})(\d{3}[0-9Xx]|\d{4})(?![0-9])")
MOBILE = re.compile(r"(?<![0-9])((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?![0-9])")
LANDLINE = re.compile(r"(?<![0-9])(0\d{2,3}[- ]?)\d{3,4}(\d{4})(?![0-9])")


def mask_name(name: str) -> str:
    """Keep the first character: 演示居民 becomes 演**."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """Keep three digits in front and two behind."""
    return f"{phone[:3]}******{phone[-2:]}" if len(phone) > 5 else "*" * len(phone)


def mask_id_number(number: str) -> str:
    return f"{number[:4]}{'*' * 12}{number[-2:]}" if len(number) > 6 else "*" * len(number)


def mask_text(text: str) -> str:
    """Mask every identity, mobile and landline number in a text."""
    text = ID_NUMBER.sub(lambda found: f"{found[1][:4]}************", text)
    text = MOBILE.sub(lambda found: f"{found[1]}******{found[2][-2:]}", text)
    return LANDLINE.sub(lambda found: f"{found[1]}*****{found[2][-2:]}", text)
