"""What the tests of cross-checks share: resources with given rows, and rules over them."""

from datetime import UTC, datetime

from django.db import connection

from datahub.columns import Column
from datahub.enums import CheckKind, PersonalClass
from datahub.enums import ColumnType as T
from datahub.models import CheckSide, CrossCheck, Resource
from datahub.services import publish_schema
from tests.datahub.catalogue import add_resource

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
P = PersonalClass
COLUMNS = [
    Column("no", "编号", T.TEXT, maximum="40"),
    Column("id_no", "身份证号", T.ID_NUMBER, personal=P.ID_NUMBER),
    Column("title", "单位名称", T.TEXT, maximum="60"),
    Column("grade", "等级", T.TEXT, maximum="10"),
    Column("amount", "数量", T.INTEGER),
    Column("on_day", "日期", T.DATE),
    Column("place", "位置", T.POINT),
    Column("area", "所属社区", T.TEXT, maximum="40"),
    Column("home", "住址", T.TEXT, maximum="80", personal=P.ADDRESS),
]
NAMES = [column.name for column in COLUMNS]


def add_table(code, department, sharing="unconditional"):
    resource = add_resource(code, f"资源{code}", department, sharing)
    publish_schema(resource=resource, columns=COLUMNS, at=AT)
    resource.refresh_from_db()
    return resource


def fill(resource, rows):
    """Put rows (dicts of column names) in place of those that are there."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE datahub.r{resource.pk}")
        for number, row in enumerate(rows):
            values = [row.get(name) for name in NAMES]
            point = row.get("place")
            values[NAMES.index("place")] = (
                f"SRID=4326;POINT({point[0]} {point[1]})" if point else None
            )
            marks = ", ".join(["%s"] * (len(NAMES) + 1))
            cursor.execute(
                f"INSERT INTO datahub.r{resource.pk} VALUES ({marks})", [number, *values]
            )
    Resource.objects.filter(pk=resource.pk).update(rows=len(rows))


def add_check(code, kind, *sides, **more):
    """Make a rule of sides, each (resource, changes of its fields)."""
    given = {"name": f"比对{code}", "changed_at": AT, **more}
    check = CrossCheck.objects.create(code=code, kind=kind, **given)
    for place, (resource, changes) in enumerate(sides, 1):
        CheckSide.objects.create(
            cross_check=check, position=place, resource=resource,
            **{"key_column": "no", **changes},
        )  # fmt: skip
    return check


def both(code, *sides, **more):
    return add_check(code, CheckKind.BOTH, *sides, **more)
