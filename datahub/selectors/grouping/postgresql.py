"""Groups worked out where the rows are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from datahub.columns.grouping import group_sql
from datahub.selectors.grouping.question import Question, TooSlowError


def work_out(question: Question) -> Sequence[Sequence[Any]]:
    """Ask PostgreSQL; raise TooSlowError after the seconds of the settings."""
    sql = group_sql(question.grouping, source=f"({question.rows}) own", limit=question.limit)
    with timed_cursor() as cursor:
        cursor.execute(sql)
        found: Sequence[Sequence[Any]] = cursor.fetchall()
    return found


@contextmanager
def timed_cursor() -> Iterator[Any]:
    """Give a cursor whose statements may take the seconds of the settings; else TooSlowError."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{settings.ANALYTICS_SECONDS:d}s'")
            yield cursor
            # Not every transaction ends here: a caller's goes on.
            cursor.execute("SET LOCAL statement_timeout = 0")
    except (OperationalError, QueryCanceled) as error:
        if isinstance(error.__cause__ or error, QueryCanceled):
            raise TooSlowError from error
        raise
