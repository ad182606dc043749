"""What the tests of loads share: files, asking, and the rows that are there."""

import csv
import io
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from datahub.columns.numbers import id_check
from datahub.enums import LoadMode
from datahub.models import Load
from datahub.selectors import columns_of
from datahub.services import ask_load, current_reader, work_loads
from grids.enums import Crs

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEAD = ["身份证号", "姓名", "性别", "出生日期", "手机号"]


def id_number(serial, born="19900101"):
    number = f"320111{born}{serial:03d}"
    return number + id_check(number)


def person(serial, **changes):
    values = [id_number(serial), f"演示{serial}", "1", "1990-01-01", "13900000000"]
    row = dict(zip(HEAD, values, strict=True))
    return {**row, **changes}


def as_csv(rows, *, delimiter=",", encoding="utf-8", head=HEAD, **more):
    out = io.StringIO()
    writer = csv.DictWriter(out, head, delimiter=delimiter, extrasaction="ignore", **more)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def ask(resource, user, content, *, name="a.csv", mode=LoadMode.FULL, crs=Crs.WGS84):
    return ask_load(
        resource=resource, file=SimpleUploadedFile(name, content), mode=mode, crs=crs,
        reader=current_reader(user=user), by=user, at=AT,
    )  # fmt: skip


def load(resource, user, content, **more):
    """Ask for a load and let a worker do it."""
    asked = ask(resource, user, content, **more)
    work_loads()
    return Load.objects.get(pk=asked.pk)


def rows_of(resource, *, lineage=False):
    """Read a resource's rows as they lie in PostgreSQL, without the help of our own reading."""
    resource.refresh_from_db()
    names = ", ".join(f'"{column.name}"' for column in columns_of(resource.schema))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {'_id, ' if lineage else ''}{names} FROM datahub.r{resource.pk} ORDER BY _id"
        )
        return cursor.fetchall()


def ids_of(resource):
    return [row[0] for row in rows_of(resource)]


def faults_of(load):
    return {row.row: row.faults for row in load.bad_rows.order_by("row")}
