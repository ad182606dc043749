"""Numbers as they travel: shares go as percent, everything else as it is."""

import unicodedata

PERCENT = "%"
SHARE = "1"
DIGITS = 12  # what is left of a product of floats is noise


def factor_of(*, unit: str, given: str) -> float | None:
    """Give by what a number that came in `given` is divided; None for a wrong unit.

    An indicator in percent holds shares: a number without a unit is percent, "1" says share.
    """
    if unit == PERCENT and _spelled(given) == SHARE:
        return 1.0
    if given and _spelled(given) != _spelled(unit):
        return None
    return 100.0 if unit == PERCENT else 1.0


def from_wire(number: float, *, factor: float) -> float:
    """Give the value that is kept: 8.8 percent is the share 0.088, and not a trace more."""
    return number if factor == 1 else float(f"{number / factor:.{DIGITS}g}")


def to_wire(value: float, *, unit: str) -> float:
    """Give a value as it goes out: a share of an indicator in percent as percent."""
    return float(f"{value * 100:.{DIGITS}g}") if unit == PERCENT else value


def _spelled(unit: str) -> str:
    """Spell a unit one way: μ has two code points, ³ is also typed 3."""
    return unicodedata.normalize("NFKC", unit).replace(" ", "")
