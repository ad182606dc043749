"""After a test that commits, the database is as it was when its migrations had run.

Django truncates every table instead. That gives some hundred tables, filled or not, and all their
indexes new files, which PostgreSQL must also sync: seconds for each test, on a disk that others
use. Deleting the rows of a test takes milliseconds.
"""

import io
from collections.abc import Mapping

from django.db import connection, transaction

REVISIONS = ("reference", "rights")


def migrated_rows() -> dict[str, bytes]:
    """Keep what the migrations wrote, by table."""
    kept = {}
    for table in _tables():
        content = io.BytesIO()
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', content)
        kept[table] = content.getvalue()
    return {table: rows for table, rows in kept.items() if rows}


def clear(kept: Mapping[str, bytes]) -> None:
    """Delete all rows, those that may not be deleted too, and put back the kept ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Without foreign keys, and without the triggers that guard what is only appended to.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in _tables()))
        for table, rows in kept.items():
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(rows))
        # What the triggers would have done: nobody goes on with what was read before.
        for name in REVISIONS:
            cursor.execute(f"UPDATE {name}_revision SET value = nextval('{name}_revision_serial')")


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)
