"""A resource of many million rows: what the catalogue says of it, and its API's filtered page.

The rows are made by SQL in the server, in the table that a load would have filled, and measured by
the same service. The yardsticks are a full scan that counts the same, and the page's own SQL read
over psycopg2. Both answers are compared once before anything is timed.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from bench.measure import Figure, at_most, percentile
from bench.people import Caller
from bench.place import connect, running_server

SCENARIO = "hub"
CODE = "facilities"
SCAN_SHARE, PAGE_SHARE = 0.01, 8.0
PAGE, REQUESTS = 50, 100
PART = 10_000_000
# 64 to 72 bytes a row, 40 with the two indexes: 80 million rows are some 9 GB.
ROWS = """
INSERT INTO {table} (_id, number, street, kind, capacity, built_on)
SELECT ({load}::bigint << 32) | (n + 1), n, lpad((n % 23)::text, 2, '0'),
    CASE WHEN n % 10 <> 0 THEN (n % 7)::text END, (n % 5000) / 10.0,
    CASE WHEN n % 4 <> 0 THEN date '1990-01-01' + (n % 12000)::int END
FROM generate_series({first}::bigint, {last}::bigint - 1) n
"""
COUNTED = (
    "SELECT count(*), count(number), count(street), count(kind), count(capacity), count(built_on)"
    " FROM {table}"
)
CONDITIONS = {
    "one street": ({"street": "07"}, "street = '07'"),
    "street, kind and years": (
        {"street": "11", "kind": "3", "built_on__gte": "2015-01-01"},
        "street = '11' AND kind = '3' AND built_on >= '2015-01-01'",
    ),
    "ten thousand numbers": (
        {"number__gte": "40000", "number__lte": "49999"},
        "number >= 40000 AND number <= 49999",
    ),
}  # fmt: skip
COLUMNS = "_id, number, street, kind, capacity, built_on"


@dataclass
class Pair:
    """A way of the product and its yardstick: what one of each takes, in seconds."""

    name: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    repeats: int


def make_facilities(url: str, rows: int) -> tuple[Any, str]:
    """Make the resource, its owner's person and its rows; give it and the person's token."""
    from django.utils import timezone  # noqa: PLC0415
    from knox.models import AuthToken  # noqa: PLC0415

    from accounts.enums import Role  # noqa: PLC0415
    from accounts.models import Department, User  # noqa: PLC0415
    from datahub.columns import Column  # noqa: PLC0415
    from datahub.enums import ColumnType as T  # noqa: PLC0415
    from datahub.models import Resource  # noqa: PLC0415
    from datahub.services import publish_schema  # noqa: PLC0415
    from grids.services import appoint  # noqa: PLC0415

    user = User.objects.create_user("reader", password="!", name="reader")
    owner = Department.objects.create(code="C", name="C", kind="functional")
    today = timezone.localdate()
    appoint(user=user, role=Role.HANDLER, department=owner, starts_on=today)
    resource = Resource.objects.create(
        code=CODE, name=CODE, department=owner, frequency="daily", sharing="unconditional",
        changed_at=timezone.now(),
    )  # fmt: skip
    columns = [
        Column("number", "a", T.INTEGER, is_required=True, is_key=True),
        Column("street", "b", maximum="2"),
        Column("kind", "c", maximum="1"),
        Column("capacity", "d", T.DECIMAL, minimum="0"),
        Column("built_on", "e", T.DATE),
    ]
    publish_schema(resource=resource, columns=columns, at=timezone.now())
    fill(url, resource, user, columns, rows)
    return resource, f"Token {AuthToken.objects.create(user=user)[1]}"


def facilities_table() -> str:
    from datahub.models import Resource  # noqa: PLC0415

    return f"datahub.r{Resource.objects.get(code=CODE).pk}"


def fill(url: str, resource: Any, user: Any, columns: Sequence[Any], rows: int) -> None:
    """Write the rows without their indexes and without a log, then let the service measure them."""
    from uuid import uuid4  # noqa: PLC0415

    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from datahub.enums import LoadMode, LoadState  # noqa: PLC0415
    from datahub.models import Load  # noqa: PLC0415
    from datahub.services.quality import measure_load  # noqa: PLC0415

    began, at, table = time.perf_counter(), timezone.now(), f"datahub.r{resource.pk}"
    load = Load.objects.create(
        uuid=uuid4(), resource=resource, schema=resource.schema, mode=LoadMode.FULL,
        file_name="facilities.csv", digest="", state=LoadState.DONE, asked_by=user, asked_at=at,
        finished_at=at, rows_read=rows, rows_loaded=rows,
    )  # fmt: skip
    with connect(url).cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
            " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,"
            " pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION ALL SELECT format('DROP INDEX %%s', i.indexrelid::regclass),"
            " pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)",
            [table, table],
        )
        dropped = cursor.fetchall()
        for drop, _ in dropped:
            cursor.execute(drop)
        cursor.execute(f"ALTER TABLE {table} SET UNLOGGED")
        for first in range(0, rows, PART):
            last = min(first + PART, rows)
            cursor.execute(ROWS.format(table=table, load=load.pk, first=first, last=last))
        for _, make in dropped:
            cursor.execute(make)
        cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size(%s))", [table])
        size = cursor.fetchone()[0]
    with transaction.atomic():
        resource.rows, resource.loaded_at = rows, at
        measure_load(load=load, resource=resource, columns=list(columns))
        load.save()
        resource.save()
    print(f"  {rows:,} rows, {size}: {time.perf_counter() - began:.0f} s", flush=True)


def measure_catalogue(url: str, env: dict[str, str], rows: int, rounds: int) -> list[Figure]:
    """Time both answers against their yardsticks, in turn."""
    resource, token = make_facilities(url, rows)
    table = f"datahub.r{resource.pk}"
    with running_server(env) as port, connect(url).cursor() as cursor:
        cursor.execute("SET jit = off")
        caller = Caller(port)
        ask = partial(caller.raw, "GET", authorization=token)
        pairs = [
            statistics_pair(ask, cursor, table),
            *(page_pair(ask, cursor, table, name) for name in CONDITIONS),
        ]
        took: dict[str, list[tuple[float, float]]] = {pair.name: [] for pair in pairs}
        for number in range(rounds + 1):  # the first warms up
            for pair in pairs:
                caller.close()  # the server has hung up meanwhile
                pair.ours()
                took[pair.name].append(one_round(pair))
            last = [[1000 * seconds for seconds in one[-1]] for one in took.values()]
            told = ", ".join(f"{ours:.1f} / {theirs:.1f}" for ours, theirs in last)
            print(f"  round {number}: {told} ms", flush=True)
    limits = [SCAN_SHARE] + [PAGE_SHARE] * len(CONDITIONS)
    return [
        figure
        for pair, limit in zip(pairs, limits, strict=True)
        for figure in figures_of(pair.name, took[pair.name][1:], rows, limit)
    ]


def one_round(pair: Pair) -> tuple[float, float]:
    """Give the medians of ours and theirs, asked in turn."""
    ours, theirs = [], []
    for number in range(max(pair.repeats, 20)):
        ours.append(_timed(pair.ours))
        if number < pair.repeats:
            theirs.append(_timed(pair.theirs))
    return percentile(ours, 0.5), percentile(theirs, 0.5)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def statistics_pair(ask: Callable[..., bytes], cursor: Any, table: str) -> Pair:
    """Compare what the catalogue says with a scan: rows, and what is missing in each column."""
    scan = partial(_read, cursor, COUNTED.format(table=table))
    (rows, *counts), said = scan()[0], _said(ask)
    expected = {label: rows - count for label, count in zip("abcde", counts, strict=True)}
    if said != (rows, {label: missing for label, missing in expected.items() if missing}):
        raise SystemExit(f"The catalogue says {said}, a scan {rows} and {expected}.")
    return Pair("catalogue statistics", partial(_said, ask), scan, 1)


def _said(ask: Callable[..., bytes]) -> tuple[int, dict[str, int]]:
    """Ask the catalogue for the number of rows and the empty cells by column."""
    boards = json.loads(ask(url="/api/v1/catalogue/quality/"))["results"]
    quality = json.loads(ask(url=f"/api/v1/resources/{CODE}/quality/"))
    rows = sum(board["rows"] for board in boards)
    reasons = [reason for score in quality["scores"] for reason in score["reasons"]]
    ending = "为空"
    return rows, {
        reason["about"].removesuffix(ending): reason["failed"]
        for reason in reasons
        if reason["about"].endswith(ending) and reason["failed"]
    }


def page_pair(ask: Callable[..., bytes], cursor: Any, table: str, name: str) -> Pair:
    given, condition = CONDITIONS[name]
    url = f"/api/v1/resources/{CODE}/rows/?{urlencode({**given, 'size': PAGE})}"
    sql = f"SELECT {COLUMNS} FROM {table} WHERE {condition} ORDER BY _id LIMIT {PAGE + 1}"
    theirs = partial(_read, cursor, sql)
    shown = [int(row["_id"]) for row in json.loads(ask(url=url))["results"]]
    if shown != [row[0] for row in theirs()[:PAGE]]:
        raise SystemExit(f"{name}: the API gives other rows.")
    return Pair(f"page, {name}", partial(ask, url=url), theirs, REQUESTS)


def _read(cursor: Any, sql: str) -> list[Any]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def figures_of(
    name: str, rounds: Sequence[tuple[float, float]], rows: int, limit: float
) -> list[Figure]:
    figure = partial(Figure, SCENARIO, size=rows)
    shares = [ours / theirs for ours, theirs in rounds]
    note = at_most(Figure(SCENARIO, "", "", 0, shares).median, limit)
    return [
        figure(name=f"{name}: ours p50", unit="ms", rounds=[1000 * ours for ours, _ in rounds]),
        figure(name=f"{name}: yardstick p50", unit="ms", rounds=[1000 * one for _, one in rounds]),
        figure(name=f"{name}: share", unit="×", rounds=shares, note=note),
    ]
