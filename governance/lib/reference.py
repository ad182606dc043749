"""When the reference data last changed: one number, raised by triggers in the changing transaction.

Readers keep areas, categories, limits and the calendar in memory under this number, so that an
act costs one tiny query instead of a dozen, and a change in the admin holds at once everywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

_read_once: ContextVar[list[int] | None] = ContextVar("_read_once", default=None)


def reference_revision() -> int:
    """Read the revision of the reference data as this transaction sees it."""
    held = _read_once.get()
    if held:
        return held[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM reference_revision")
        revision = int(cursor.fetchone()[0])
    if held is not None:
        held.append(revision)
    return revision


@contextmanager
def one_revision() -> Iterator[None]:
    """Read the revision once for all that happens inside, such as one request.

    Not for code that changes reference data and then reads it.
    """
    token = _read_once.set([])
    try:
        yield
    finally:
        _read_once.reset(token)


def trigger_sql(*tables: str) -> str:
    """Write the SQL that raises the revision with any change of the tables."""
    return "\n".join(
        f"CREATE TRIGGER {table}_reference AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
        f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();"
        for table in tables
    )


def untrigger_sql(*tables: str) -> str:
    return "\n".join(f"DROP TRIGGER {table}_reference ON {table};" for table in tables)
