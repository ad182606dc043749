"""The active indicators, held in memory until the reference data changes."""

from functools import lru_cache

from dashboards.models import Indicator
from governance.lib.reference import reference_revision


def active_indicators() -> dict[int, Indicator]:
    """Give the active indicators by id, in the order of display; read them, never change them."""
    return _active(reference_revision())


@lru_cache(maxsize=2)
def _active(revision: int) -> dict[int, Indicator]:
    rows = Indicator.objects.filter(is_active=True).select_related("owner", "order_category")
    return {row.pk: row for row in rows.order_by("position", "code")}
