"""Encrypted rows renewed under the newest key, beside people who go on writing."""

from collections.abc import Callable
from typing import TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

Row = TypeVar("Row", bound=models.Model)


def renew_each(rows: QuerySet[Row], renew: Callable[[Row], None], *, batch: int = 500) -> int:
    """Let a service rewrite each row; return how many were rewritten.

    Each row is read under its lock: what somebody saves meanwhile is neither lost nor brought back.
    """
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return sum(_renew_locked(rows.filter(pk=key), renew) for key in keys.iterator(batch))


@transaction.atomic
def _renew_locked(found: QuerySet[Row], renew: Callable[[Row], None]) -> bool:
    row = found.select_for_update().first()
    if row is not None:
        renew(row)
    return row is not None
