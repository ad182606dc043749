"""When the reference data last changed: one number, raised by triggers in the changing transaction.

Readers keep areas, categories, limits and the calendar in memory under this number, so that an
act costs one tiny query instead of a dozen, and a change in the admin holds at once everywhere.
"""

from django.db import connection


def reference_revision() -> int:
    """Read the revision of the reference data as this transaction sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM reference_revision")
        return int(cursor.fetchone()[0])


def trigger_sql(*tables: str) -> str:
    """Write the SQL that raises the revision with any change of the tables."""
    return "\n".join(
        f"CREATE TRIGGER {table}_reference AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
        f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();"
        for table in tables
    )


def untrigger_sql(*tables: str) -> str:
    return "\n".join(f"DROP TRIGGER {table}_reference ON {table};" for table in tables)
