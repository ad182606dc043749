"""Making a resource safe to publish: each column treated, small groups left out, files written.

A worker does one publication in one transaction: killed, it is begun again. The rows of the files
are sorted by what they say, so that their order tells nothing about where they came from.
"""

import csv
import io
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg2
from django.core.files.storage import default_storage
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from datahub.columns import PlanError, Step, is_about_people, read_plan, treat
from datahub.columns.sql import name
from datahub.columns.treatments import PLACED
from datahub.enums import ColumnType, PublicationState, Treatment
from datahub.models import Publication, Resource
from datahub.models.publications import OPEN_FOLDER
from datahub.selectors import columns_of
from datahub.services.tables import run, table_of
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Location, locate_many, locate_point

logger = logging.getLogger(__name__)
ROWS = 5_000
KINDS = ("csv", "jsonl")
T, X = ColumnType, Treatment
Row = tuple[Any, ...]


class UnfitError(Exception):
    """Why what was asked for cannot be published; the message is for people."""


def prepare_publications() -> int:
    """Prepare what waits, one after the other; count it. Safe to call from anywhere."""
    done = 0
    while _prepare_one():
        done += 1
    return done


@transaction.atomic
def _prepare_one() -> bool:
    waiting = Publication.objects.filter(state=PublicationState.WAITING).order_by("id")
    one = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if one is None:
        return False
    try:
        with transaction.atomic():
            _prepare(one)
        one.state = PublicationState.PREPARED
    except UnfitError as error:
        one.state, one.detail = PublicationState.FAILED, str(error)[:400]
    except (OperationalError, InterfaceError, psycopg2.OperationalError):
        raise  # the connection is gone: the next look begins anew
    except (DatabaseError, psycopg2.Error, OSError, ValueError, ArithmeticError):
        logger.exception("publication %s failed", one.uuid)
        one.state, one.detail = PublicationState.FAILED, "系统出错，已记录。"
    if one.state == PublicationState.FAILED:
        drop_files(one)
    one.prepared_at = timezone.now()
    one.save()
    return True


def path_of(publication: Publication, kind: str) -> Path:
    return Path(default_storage.path(f"{OPEN_FOLDER}/{publication.uuid.hex}.{kind}"))


def drop_files(publication: Publication) -> None:
    for kind in KINDS:
        path_of(publication, kind).unlink(missing_ok=True)


def plan_of(publication: Publication) -> list[Step]:
    """Give the steps of a publication by the columns it was asked for. Raises UnfitError."""
    try:
        return read_plan(columns_of(publication.schema), publication.plan)
    except PlanError as error:
        raise UnfitError(str(error)) from error


def _prepare(one: Publication) -> None:
    resource = Resource.objects.select_related("schema").get(pk=one.resource_id)
    if resource.schema_id != one.schema_id:
        raise UnfitError("数据结构有变，请按新结构重新提交。")
    plan = plan_of(one)
    steps = [step for step in plan if step.treatment != X.DROP]
    one.updated_at = resource.loaded_at
    table = f"open_{one.pk}"
    fields = ", ".join(f"{name(step.column)} text" for step in steps)
    run(f"CREATE TEMP TABLE {table} ({fields}) ON COMMIT DROP")
    covered = _fill(table, table_of(resource), steps)
    # Without people among the columns only what the owner has marked is looked at.
    quasi = [step for step in steps if step.is_quasi]
    is_checked = bool(quasi) or is_about_people([step.column for step in plan])
    one.report = _judge(table, quasi, one.k, is_checked) | {"covered": dict(covered)}
    told = [step for step in steps if is_checked and not step.is_quasi]
    one.report["diversity"] = _diversity(table, quasi, told, one.k)
    if not one.report["published"]:
        raise UnfitError(
            f"没有可以公开的行：{one.report['rows']} 行都在少于 {one.k} 行的群组里，请放粗各列。"
            if one.report["rows"]
            else "此资源还没有数据。"
        )
    one.report |= _write(one, table, steps, quasi, is_checked)
    run(f"DROP TABLE {table}")


def _fill(table: str, source: str, steps: Sequence[Step]) -> Counter[str]:
    """Copy the treated rows into a table; count the texts in which numbers had to be covered."""
    covered: Counter[str] = Counter()
    names = dict(Area.objects.values_list("pk", "name"))
    shown = ", ".join(_shown(step) for step in steps)
    fields = ", ".join(name(step.column) for step in steps)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {shown} FROM {source}")
        while rows := cursor.fetchmany(ROWS):
            out = io.StringIO()
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            writer.writerows(_treated(steps, rows, names, covered))
            out.seek(0)
            with connection.cursor() as into:
                into.copy_expert(
                    f"COPY {table} ({fields}) FROM STDIN WITH (FORMAT csv, FORCE_NULL ({fields}))",
                    out,
                )
    return covered


def _shown(step: Step) -> str:
    column = name(step.column)
    if step.column.type != T.POINT:
        return column
    return f"CASE WHEN {column} IS NOT NULL THEN ARRAY[ST_X({column}), ST_Y({column})] END"


def _treated(
    steps: Sequence[Step], rows: Sequence[Row], names: dict[int, str], covered: Counter[str]
) -> Iterator[list[str | None]]:
    places = [
        _places(step, {_key(row[at]) for row in rows}, names) for at, step in enumerate(steps)
    ]
    for row in rows:
        treated = [
            treat(step, value, known.get(_key(value), "") if known else "")
            for step, value, known in zip(steps, row, places, strict=True)
        ]
        covered.update(
            step.column.name
            for step, value, found in zip(steps, row, treated, strict=True)
            if step.treatment == X.RAW and step.column.type == T.TEXT and found != value
        )
        yield treated


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _places(step: Step, values: set[Any], names: dict[int, str]) -> dict[Any, str]:
    """Name the street or community of each value of a column that is told so."""
    if step.treatment not in PLACED:
        return {}
    values.discard(None)
    if step.column.type == T.POINT:
        found = {value: locate_point(lon=value[0], lat=value[1]) for value in values}
    else:
        found = locate_many(texts=values)
    level = AreaLevel.STREET if step.treatment == X.STREET else AreaLevel.COMMUNITY
    return {value: names.get(_area(place, level) or 0, "") for value, place in found.items()}


def _area(place: Location, level: AreaLevel) -> int | None:
    return place.street_id if level == AreaLevel.STREET else place.community_id


def _judge(table: str, quasi: Sequence[Step], k: int, is_checked: bool) -> dict[str, Any]:
    """Count the groups of rows that the quasi-identifiers do not tell apart, and the small ones."""
    by = ", ".join(name(step.column) for step in quasi)
    grouped = f"SELECT count(*) AS n FROM {table}{f' GROUP BY {by}' if by else ''}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n), 0), count(*) FILTER (WHERE n > 0),"
            " count(*) FILTER (WHERE n > 0 AND n < %s),"
            " coalesce(sum(n) FILTER (WHERE n < %s), 0), min(n) FILTER (WHERE n >= %s)"
            f" FROM ({grouped}) groups",
            [k, k, k],
        )
        rows, groups, small, suppressed, reached = cursor.fetchone()
    found = {"rows": int(rows), "quasi": [step.column.name for step in quasi]}
    if not is_checked:
        return found | {"published": int(rows), "suppressed": 0, "groups": None,
                        "small_groups": 0, "k": None}  # fmt: skip
    return found | {
        "published": int(rows - suppressed),
        "suppressed": int(suppressed),
        "groups": groups,
        "small_groups": small,
        "k": reached,
    }


def _diversity(
    table: str, quasi: Sequence[Step], told: Sequence[Step], k: int
) -> dict[str, int | None]:
    """Count the values of each other column in the published group that has fewest (l-diversity).

    With one value only, whoever knows that somebody is in the group knows theirs.
    """
    if not told:
        return {}
    by = ", ".join(name(step.column) for step in quasi)
    counts = ", ".join(
        f"count(DISTINCT coalesce({name(step.column)}, '')) AS l{at}"
        for at, step in enumerate(told)
    )
    fewest = ", ".join(f"min(l{at})" for at in range(len(told)))
    grouped = (
        f"SELECT {counts} FROM {table}{f' GROUP BY {by}' if by else ''} HAVING count(*) >= {k:d}"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {fewest} FROM ({grouped}) groups")
        found = cursor.fetchone()
    return {step.column.name: count for step, count in zip(told, found, strict=True)}


def _write(
    one: Publication, table: str, steps: Sequence[Step], quasi: Sequence[Step], is_checked: bool
) -> dict[str, Any]:
    """Write the files that everybody may download; tell their sizes."""
    by = ", ".join(name(step.column) for step in quasi)
    fields = ", ".join(name(step.column) for step in steps)
    size = f"count(*) OVER ({f'PARTITION BY {by}' if by else ''})" if is_checked else str(one.k)
    sql = (
        f"SELECT {fields} FROM (SELECT *, {size} AS n FROM {table}) sized WHERE n >= {one.k:d}"
        f" ORDER BY {fields}"
    )
    path_of(one, "csv").parent.mkdir(parents=True, exist_ok=True)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        with (
            path_of(one, "csv").open("w", encoding="utf-8-sig", newline="") as sheet,
            path_of(one, "jsonl").open("w", encoding="utf-8") as lines,
        ):
            writer = csv.writer(sheet)
            writer.writerow([step.column.label for step in steps])
            while rows := cursor.fetchmany(ROWS):
                writer.writerows([_cells(steps, row) for row in rows])
                lines.writelines(f"{_line(steps, row)}\n" for row in rows)
    return {f"{kind}_bytes": path_of(one, kind).stat().st_size for kind in KINDS}


def _cells(steps: Sequence[Step], row: Sequence[str | None]) -> list[str]:
    """Give cells of which no spreadsheet runs one as a formula."""
    return [
        plain_cell(cell or "") if step.published.type in (T.TEXT, T.CODE) else cell or ""
        for step, cell in zip(steps, row, strict=True)
    ]


def plain_cell(cell: object) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(steps: Sequence[Step], row: Sequence[str | None]) -> str:
    cells = {
        step.column.name: _typed(step.published.type, cell)
        for step, cell in zip(steps, row, strict=True)
    }
    return json.dumps(cells, ensure_ascii=False)


def _typed(kind: ColumnType, cell: str | None) -> Any:
    if cell is None:
        return None
    if kind == T.INTEGER:
        return int(cell)
    return cell == "true" if kind == T.BOOLEAN else cell
