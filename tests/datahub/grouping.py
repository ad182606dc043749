"""Rows that engines could read differently, questions about them, and answers in plain Python."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.db import connection
from psycopg2.extras import execute_values

from datahub.columns import Column
from datahub.columns.spellings import BEIJING
from datahub.enums import ColumnType, PersonalClass, Statistic
from datahub.querysets import Reader
from datahub.selectors.grouping import grouping_of
from datahub.selectors.rows import revealing_query
from datahub.services import publish_schema
from tests.datahub.catalogue import AT, add_resource

T, S = ColumnType, Statistic
COLUMNS = [
    Column("number", "编号", T.INTEGER, is_required=True, is_key=True),
    Column("street", "街道", T.TEXT),
    Column("grade", "等级", T.CODE, code_list="gender", codes=("1", "2")),
    Column("capital", "注册资本", T.DECIMAL, unit="万元"),
    Column("staff", "从业人数", T.INTEGER),
    Column("is_open", "营业中", T.BOOLEAN),
    Column("licensed_on", "发证日期", T.DATE),
    Column("checked_at", "检查时间", T.DATETIME),
    Column("owner", "负责人", T.TEXT, personal=PersonalClass.NAME),
    Column("place", "位置", T.POINT),
]
NAMES = [column.name for column in COLUMNS]
TYPES = {column.name: column.type for column in COLUMNS}
ROWS = 1_500
STREETS = ["东街", "西街", "西街", "", '引号"与,逗号', "换\r\n行", "\\N", "NULL", "x" * 400, None]
# Ties, more digits than a double holds, and what has other digits but is the same number.
CAPITALS = ["0.1", "0.10", "0.2", "-3.000000000001", "123456789012345678.123456789012",
            "999999999999999999.999999999999", "0", None]  # fmt: skip


def make_rows():
    chance = random.Random(20)
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)  # the first moment of 2026 in Beijing
    return [
        (
            number,
            chance.choice(STREETS),
            chance.choice(["1", "2", "2", None]),
            Decimal(given) if (given := chance.choice(CAPITALS)) else None,
            chance.choice([0, 1, 1, 2, 7, 10**18 - 1, -5, None]),
            chance.choice([True, False, None]),
            chance.choice([date(2024, 2, 29), date(2026, 1, 1), date(1900, 1, 1), None]),
            chance.choice([
                midnight, midnight - timedelta(microseconds=1), datetime(2026, 7, 1, tzinfo=UTC),
                None,
            ]),
            chance.choice(["张三", "李四", None]),
            chance.choice([(118.6, 32.0), None]),
        )
        for number in range(ROWS)
    ]  # fmt: skip


def add_rows(town):
    """Make the resource, and give it the rows as they are, past the loads."""
    resource = add_resource("firms", "企业", town.departments["水务局"], "unconditional")
    publish_schema(resource=resource, columns=COLUMNS, at=AT)
    rows = make_rows()
    shown = [(row[0], *row[:-1], *(row[-1] or (None, None))) for row in rows]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"INSERT INTO datahub.r{resource.pk} (_id, {', '.join(NAMES)}) VALUES %s",
            shown,
            template=f"({', '.join(['%s'] * len(NAMES))}, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
        )
    return resource, rows


ALL = "distinct:street,filled:street,sum:capital,mean:capital,quantile:capital:0.5,minimum:capital"
QUESTIONS = [
    # by, figures, conditions
    ("", "", {}),
    ("street", "", {}),
    ("street", ALL, {}),
    ("grade,is_open", "sum:staff,mean:staff,minimum:staff,maximum:staff,distinct:staff", {}),
    ("street", "quantile:staff:0.07,quantile:staff:0.5,quantile:staff:0.9,quantile:staff:0.999",
     {}),
    ("licensed_on:year", "quantile:licensed_on:0.5,minimum:licensed_on,distinct:licensed_on", {}),
    ("licensed_on:month,licensed_on", "filled:place", {}),
    ("checked_at:year,checked_at:month", "quantile:checked_at:0.5,maximum:checked_at", {}),
    ("checked_at", "minimum:checked_at,distinct:checked_at,filled:checked_at", {}),
    ("staff", "sum:capital,distinct:capital", {"grade": "2"}),
    ("number", "sum:staff", {"number__gte": "100", "number__lte": "160"}),
    ("grade", "sum:capital", {"street": "西街", "checked_at__gte": "2026-01-01 00:00"}),
    ("", "mean:capital,quantile:staff:0.25,filled:place,distinct:is_open", {"is_open": "是"}),
    # nothing meets these: no group at all, and one group of nothing
    ("street", "sum:capital", {"street": "没有"}),
    ("", "sum:capital,mean:staff,quantile:checked_at:0.5,distinct:street", {"street": "没有"}),
    ("owner", "distinct:owner,filled:owner", {"owner": "张三"}),
]  # fmt: skip


def ask(resource, by, figures, conditions, **changes):
    """Ask as somebody who may see all of it as it is; `changes` narrow what is seen."""
    everything = Reader(sees_everything=True)
    asked = revealing_query(resource=resource, reader=everything, given=conditions)
    query = replace(asked, **changes)
    return query, grouping_of(query, by=by, figures=figures)


def answer(rows, query, grouping):
    """Work the answer out by hand, from the rows as they were made."""
    groups = defaultdict(list)
    for row in rows:
        known = dict(zip(NAMES, row, strict=True))
        if all(_meets(known[column.name], sign, value) for column, sign, value in query.conditions):
            groups[tuple(_key(one, known[one.column.name]) for one in grouping.keys)].append(known)
    if not grouping.keys:
        groups.setdefault((), [])
    told = [
        (keys, len(found), tuple(_told(one, found) for one in grouping.figures))
        for keys, found in groups.items()
    ]
    return sorted(
        told, key=lambda one: [(key is None, 0 if key is None else key) for key in one[0]]
    )


def _meets(value, sign, limit):
    if value is None:
        return False
    return {"=": value == limit, ">=": sign == ">=" and value >= limit,
            "<=": sign == "<=" and value <= limit}[sign]  # fmt: skip


def _key(key, value):
    if value is None or key.step is None:
        return value
    day = value.astimezone(BEIJING) if isinstance(value, datetime) else value
    return day.strftime({"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}[key.step])


def _told(figure, found):
    values = sorted(row[figure.column.name] for row in found if row[figure.column.name] is not None)
    if figure.statistic == S.FILLED:
        return len(values)
    if figure.statistic == S.DISTINCT:
        return len(set(values))
    if not values:
        return None
    total = sum(map(Fraction, values)) if figure.column.type in (T.INTEGER, T.DECIMAL) else None
    if figure.statistic == S.SUM:
        return total
    if figure.statistic == S.MEAN:
        return _rounded(total / len(values))
    share = figure.share or 0
    place = {S.MINIMUM: 0, S.MAXIMUM: -1, S.QUANTILE: ceil(Fraction(share) * len(values)) - 1}
    return values[place[figure.statistic]]


def _rounded(value):
    """Give six places, half to even."""
    return Fraction(round(value * 10**6), 10**6)


def plain(groups):
    """Give groups as what can be compared with the answer: numbers as fractions."""
    return [(one.keys, one.rows, tuple(map(_plain, one.figures))) for one in groups.found]


def _plain(value):
    return Fraction(value) if isinstance(value, Decimal) else value
