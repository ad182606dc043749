"""Encrypted columns rewritten under the newest key, beside people who go on writing."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet

from governance.lib import crypto

Row = TypeVar("Row", bound=models.Model)


def rotate_rows(
    rows: QuerySet[Row],
    *ciphers: str,
    derive: Callable[[Row], dict[str, Any]] = lambda row: {},
    batch: int = 500,
) -> int:
    """Rewrite the named columns of every row; return how many were rewritten.

    Each row is read under its lock: what somebody saves meanwhile is neither lost nor brought back.
    `derive` gives further columns that follow from the rewritten row, such as a search digest.
    """
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return sum(
        _rotate_row(rows.filter(pk=key), ciphers, derive) for key in keys.iterator(chunk_size=batch)
    )


@transaction.atomic
def _rotate_row(
    found: QuerySet[Row], ciphers: tuple[str, ...], derive: Callable[[Row], dict[str, Any]]
) -> bool:
    row = found.select_for_update().first()
    if row is None:
        return False
    changes = {name: crypto.rotate(getattr(row, name)) for name in ciphers}
    found.update(**changes, **derive(row))
    return True
