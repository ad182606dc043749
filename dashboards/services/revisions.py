"""The one counter of everything that pages are told about figures.

Take its lock before the rows of values and episodes, never after.
"""

from django.db import transaction

from dashboards.models import FiguresMark


def lock_mark() -> FiguresMark:
    """Lock the mark for this transaction; the first caller of all makes it."""
    FiguresMark.objects.bulk_create([FiguresMark(pk=1)], ignore_conflicts=True)
    return FiguresMark.objects.select_for_update().get(pk=1)


def next_revision() -> int:
    """Raise the counter under its lock; what is stored with it is told after the commit."""
    assert transaction.get_connection().in_atomic_block  # noqa: S101
    mark = lock_mark()
    mark.revision += 1
    mark.save(update_fields=["revision"])
    return mark.revision
