"""Known addresses, for locating what callers say."""

from collections.abc import Iterable

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
