"""Known addresses, for locating what callers say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db import transaction

from grids.models import Address
from grids.selectors import spell_address


@transaction.atomic
def record_addresses(*, places: Iterable[tuple[str, Point]], is_demo: bool = False) -> int:
    """Record addresses (text, point in WGS-84) that are not known yet; count the new ones."""
    wanted = {spell_address(text): (text, point) for text, point in places}
    known = set(Address.objects.filter(normalized__in=wanted).values_list("normalized", flat=True))
    missing = [
        Address(text=text, normalized=normalized, point=point, is_demo=is_demo)
        for normalized, (text, point) in wanted.items()
        if normalized and normalized not in known
    ]
    return len(Address.objects.bulk_create(missing, ignore_conflicts=True))


@dataclass(frozen=True)
class KnownAddress:
    """An address of the base library: its text, its point in WGS-84, its code (may be empty)."""

    text: str
    point: Point
    code: str = ""


@transaction.atomic
def save_addresses(*, addresses: Sequence[KnownAddress], is_demo: bool = False) -> tuple[int, int]:
    """Add addresses or bring those of the same code or spelling up to date.

    Returns how many are new and how many were known; the last of one spelling or code counts.
    """
    spelled = {spell_address(one.text): one for one in addresses}
    wanted = {(one.code or None, text): one for text, one in spelled.items() if text}
    by_code = _known("code", {code for code, _ in wanted if code})
    by_text = _known("normalized", {text for _, text in wanted})
    added: list[Address] = []
    changed: dict[int, Address] = {}
    for (code, text), one in wanted.items():
        row = by_text.get(text) or by_code.get(code or "")
        if row is None:
            row = Address(is_demo=is_demo)
            added.append(row)
        else:
            changed[row.pk] = row
        row.text, row.normalized, row.point = one.text[:200], text, one.point
        if code and by_code.get(code, row) is row:
            row.code, by_code[code] = code, row
    Address.objects.bulk_update(changed.values(), ["text", "normalized", "point", "code"], 500)
    Address.objects.bulk_create(added, batch_size=1000)
    return len(added), len(changed)


def _known(field: str, values: set[str]) -> dict[str, Address]:
    found = Address.objects.select_for_update().filter(**{f"{field}__in": values})
    return {getattr(row, field): row for row in found}
