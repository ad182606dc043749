"""When reference data and rights last changed: numbers, raised in the changing transaction.

Readers keep areas, categories, limits and the calendar in memory under the one number, and what a
person may do under both, so that an act costs one tiny query instead of a dozen, and a change in
the admin holds at once everywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.db import connection


class Revisions(NamedTuple):
    """The numbers of one moment. A number never comes back, so what is kept under it stays true."""

    reference: int
    rights: int


# Columns and tables, so that a statement which runs anyway can bring the numbers along.
REVISION_COLUMNS = "reference_revision.value, rights_revision.value"
REVISION_TABLES = "reference_revision, rights_revision"

_read_once: ContextVar[list[Revisions] | None] = ContextVar("_read_once", default=None)


def revisions() -> Revisions:
    """Read both numbers as this transaction sees them."""
    held = _read_once.get()
    if held:
        return held[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {REVISION_COLUMNS} FROM {REVISION_TABLES}")  # noqa: S608
        found = Revisions(*cursor.fetchone())
    hold_revisions(found)
    return found


def reference_revision() -> int:
    """Read the revision of the reference data as this transaction sees it."""
    return revisions().reference


@contextmanager
def one_revision() -> Iterator[None]:
    """Read the numbers once for all that happens inside, such as one request.

    Not for code that changes reference data and then reads it.
    """
    token = _read_once.set([])
    try:
        yield
    finally:
        _read_once.reset(token)


def hold_revisions(found: Revisions) -> None:
    """Let the request go by numbers that a statement of its own has just read."""
    held = _read_once.get()
    if held is not None:
        held[:] = [found]


def forget_revisions() -> None:
    """Read the numbers anew at the next look, after a change made by the request itself."""
    held = _read_once.get()
    if held is not None:
        held.clear()


def lock_rights() -> None:
    """Let the changes of rights go one after the other, until the transaction ends.

    Each raises the number, which is one row: taken first, nobody waits for it in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM rights_revision FOR UPDATE")


def trigger_sql(*tables: str, revision: str = "reference") -> str:
    """Write the SQL that raises a revision with any change of the tables."""
    return "\n".join(
        f"CREATE TRIGGER {table}_{revision} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
        f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION raise_{revision}_revision();"
        for table in tables
    )


def untrigger_sql(*tables: str, revision: str = "reference") -> str:
    return "\n".join(f"DROP TRIGGER {table}_{revision} ON {table};" for table in tables)
