"""Groups of a resource's rows: one question, one query, worked out where the settings say.

PostgreSQL always says which rows these are, so that no engine sees one that the asker may not.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from datahub.columns import is_about_people
from datahub.columns.grouping import (
    Figure,
    Grouping,
    GroupingError,
    Key,
    choices_of,
    read_grouping,
    settle,
    source_sql,
)
from datahub.columns.suppression import left_out
from datahub.enums import Engine
from datahub.models import Resource
from datahub.selectors.catalogue import kept_columns_of
from datahub.selectors.grouping import postgresql
from datahub.selectors.grouping.question import EngineAwayError, Question
from datahub.selectors.rows import RowsQuery, where_of
from governance.lib.errors import InvalidError

logger = logging.getLogger(__name__)
GROUPS_LIMIT = 5_000


@dataclass(frozen=True)
class Group:
    """Rows that share their keys: how many, and what is told of them."""

    keys: tuple[Any, ...]
    rows: int
    figures: tuple[Any, ...]


@dataclass(frozen=True)
class Groups:
    """An answer: groups in the order of their keys, an empty key last.

    `left_out` counts the groups that are not told; `k` is 0 where all are.
    """

    grouping: Grouping
    found: tuple[Group, ...]
    left_out: int = 0
    k: int = 0


def grouping_of(query: RowsQuery, *, by: str, figures: str) -> Grouping:
    """Read what is asked about the rows of a query; raise InvalidError naming the field."""
    try:
        return read_grouping(query.columns, by=by, figures=figures, is_masked=query.is_masked)
    except GroupingError as error:
        raise InvalidError(str(error), fields=error.fields) from error


def offered(query: RowsQuery) -> tuple[list[Key], list[Figure]]:
    """List what may be asked about the rows of a query."""
    return choices_of(query.columns, is_masked=query.is_masked)


def holds_people(resource: Resource) -> bool:
    return is_about_people(kept_columns_of(resource.schema))


def group_rows(query: RowsQuery, grouping: Grouping, *, engine: str = "") -> Groups:
    """Group the rows that a query may see, on the engine of the settings or a named one.

    Among masked rows about people, groups below the resource's smallest open one are left out, and
    as many others that no total less what is told gives them away.
    Raises InvalidError for more groups than anybody reads, EngineAwayError where none answers.
    """
    if not query.columns:
        return Groups(grouping, ())
    rows = _worked_out(_question(query, grouping), engine or settings.ANALYTICS_ENGINE)
    if len(rows) > GROUPS_LIMIT:
        detail = f"超过 {GROUPS_LIMIT} 组，请少选分组列、放粗日期或加筛选条件。"
        raise InvalidError(detail, code="too_many_groups", fields={"by": [detail]})
    found = sorted((Group(*settle(grouping, row)) for row in rows), key=_place)
    k = query.resource.open_k if query.is_masked and holds_people(query.resource) else 0
    gone = left_out([(one.keys, one.rows) for one in found], k=k)
    kept = tuple(one for at, one in enumerate(found) if at not in gone)
    return Groups(grouping, kept, len(gone), k)


def _question(query: RowsQuery, grouping: Grouping) -> Question:
    table = f"datahub.r{query.resource.pk}"
    where, values = where_of(query)
    source = source_sql(grouping, table=table, where=where)
    with connection.cursor() as cursor:
        text = cursor.mogrify(source, values).decode()
    return Question(grouping, table, text, GROUPS_LIMIT + 1)


def _worked_out(question: Question, engine: str) -> Sequence[Sequence[Any]]:
    if engine == Engine.POSTGRESQL:
        return postgresql.work_out(question)
    # Not every installation has the packages of another engine.
    from datahub.selectors.grouping import dask  # noqa: PLC0415

    ways: Mapping[str, Any] = {
        Engine.EMBEDDED: dask.work_out_here, Engine.DISTRIBUTED: dask.work_out_there,
    }  # fmt: skip
    try:
        return ways[engine](question)
    except EngineAwayError as error:
        if not settings.ANALYTICS_FALLBACK:
            raise
        logger.error("the %s engine is away, PostgreSQL answers: %s", engine, error.__cause__)
        return postgresql.work_out(question)


def _place(group: Group) -> tuple[Any, ...]:
    return tuple((one is None, one if one is not None else "") for one in group.keys)
