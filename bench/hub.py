"""A load of a department's file, checked, deduplicated and with lineage, against psql's \\copy.

The file is a plain CSV of residents. The yardstick copies the same rows, typed and clean, into a
table with the same columns and the same indexes. Both begin empty; the two take turns.
"""

import argparse
import csv
import os
import random
import subprocess
import tempfile
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import Figure, at_least, machine, report
from bench.place import connect, drop_database, environment, make_database, manage, url_of
from bench.scope import set_up_django

SCENARIO = "hub"
TARGET = 0.5
DATABASE = "bench_hub"
HEAD = ["id_no", "name", "gender", "born_on", "mobile", "address", "income", "visited_at"]
YARDSTICK = """
DROP TABLE IF EXISTS yardstick;
CREATE TABLE yardstick (id_no text, name text, gender text, born_on date, mobile text,
    address text, income numeric, visited_at timestamptz, _id bigint PRIMARY KEY);
CREATE UNIQUE INDEX yardstick_key ON yardstick (id_no);
"""


def write_file(path: Path, *, rows: int, is_numbered: bool) -> None:
    """Write made-up residents in random order; the yardstick's file has their `_id` as well."""
    from datahub.columns.numbers import id_check  # noqa: PLC0415

    chance = random.Random(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        if not is_numbered:
            writer.writerow(HEAD)
        for number in chance.sample(range(rows), rows):
            born = date(1940, 1, 1) + timedelta(days=number % 30_000)
            start = f"32{number // 30_000_000:02d}{number // 300_000 % 100:02d}{born:%Y%m%d}"
            body = f"{start}{number // 300 % 1000:03d}"
            row = [
                body + id_check(body), f"演示居民{number % 1000}", "12"[number % 2], born,
                f"139{number % 10**8:08d}", f"演示街道第{number % 500}社区{number % 97}号",
                f"{number % 20000}.50", f"2026-03-{number % 28 + 1:02d} 09:{number % 60:02d}:00",
            ]  # fmt: skip
            writer.writerow([*row, number] if is_numbered else row)


def make_resource() -> Any:
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Department, User  # noqa: PLC0415
    from datahub.columns import Column  # noqa: PLC0415
    from datahub.enums import ColumnType as T  # noqa: PLC0415
    from datahub.enums import PersonalClass as P  # noqa: PLC0415
    from datahub.models import CodeItem, CodeList, Resource  # noqa: PLC0415
    from datahub.services import publish_schema  # noqa: PLC0415

    user = User.objects.create_superuser("root", password="!", name="root")
    owner = Department.objects.create(code="B", name="B", kind="functional")
    genders = CodeList.objects.create(code="gender", name="gender")
    for code in "12":
        CodeItem.objects.create(code_list=genders, code=code, label=code)
    resource = Resource.objects.create(
        code="residents", name="residents", department=owner, frequency="daily",
        sharing="unconditional", changed_at=timezone.now(),
    )  # fmt: skip
    columns = [
        Column("id_no", "a", T.ID_NUMBER, is_required=True, is_key=True, personal=P.ID_NUMBER),
        Column("name", "b", is_required=True, maximum="40", personal=P.NAME),
        Column("gender", "c", T.CODE, code_list="gender", codes=("1", "2")),
        Column("born_on", "d", T.DATE, minimum="1900-01-01"),
        Column("mobile", "e", T.MOBILE, personal=P.PHONE),
        Column("address", "f", maximum="100", personal=P.ADDRESS),
        Column("income", "g", T.DECIMAL, minimum="0"),
        Column("visited_at", "h", T.DATETIME),
    ]
    publish_schema(resource=resource, columns=columns, at=timezone.now())
    return resource, user


def load_seconds(path: Path, resource: Any, user: Any, mode: str, rows: int) -> float:
    """Load the file as a worker does, into an empty table; check that every row came in."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from datahub.enums import LoadMode  # noqa: PLC0415
    from datahub.models import Load  # noqa: PLC0415
    from datahub.querysets import Reader  # noqa: PLC0415
    from datahub.services import ask_load, undo_load, work_loads  # noqa: PLC0415
    from grids.enums import Crs  # noqa: PLC0415

    with path.open("rb") as file:
        handed_in = SimpleUploadedFile("residents.csv", file.read())
    asked = ask_load(
        resource=resource, file=handed_in, mode=LoadMode(mode), crs=Crs.WGS84,
        reader=Reader(sees_everything=True), by=user, at=timezone.now(),
    )  # fmt: skip
    began = time.perf_counter()
    work_loads()
    took = time.perf_counter() - began
    done = Load.objects.get(pk=asked.pk)
    if (done.state, done.rows_loaded) != ("done", rows):
        raise SystemExit(f"The load ended {done.state} with {done.rows_loaded} rows: {done.detail}")
    undo_load(load=done, by=user, at=timezone.now())
    return took


def copy_seconds(path: Path, url: str) -> float:
    connection = connect(url)
    with connection.cursor() as cursor:
        cursor.execute(YARDSTICK)
        cursor.execute("CHECKPOINT")
    connection.close()
    began = time.perf_counter()
    plain = url.replace("postgis://", "postgresql://", 1)
    command = ["psql", "-q", plain, "-c", f"\\copy yardstick FROM '{path}' WITH (FORMAT csv)"]
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def measure(options: argparse.Namespace, url: str, folder: Path) -> list[Figure]:
    ours, theirs = folder / "ours.csv", folder / "theirs.csv"
    write_file(ours, rows=options.rows, is_numbered=False)
    write_file(theirs, rows=options.rows, is_numbered=True)
    resource, user = make_resource()
    took: dict[str, list[float]] = {"full": [], "append": [], "copy": []}
    for number in range(options.rounds + 1):  # the first warms up
        for mode in ("full", "append"):
            took[mode].append(load_seconds(ours, resource, user, mode, options.rows))
        took["copy"].append(copy_seconds(theirs, url))
        told = ", ".join(f"{name} {one[-1]:.1f} s" for name, one in took.items())
        print(f"  round {number}: {told}", flush=True)
    figure, figures = partial(Figure, SCENARIO, size=options.rows), []
    for mode in ("full", "append"):
        shares = [copy / load for copy, load in zip(took["copy"][1:], took[mode][1:], strict=True)]
        verdict = at_least(Figure(SCENARIO, "", "", 0, shares).median, TARGET)
        figures += [
            figure(name=f"load, {mode}", unit="s", rounds=took[mode][1:]),
            figure(name=f"{mode}: share of \\copy's speed", unit="×", rounds=shares, note=verdict),
        ]  # fmt: skip
    return [
        *figures,
        figure(name="psql \\copy into the indexed table", unit="s", rounds=took["copy"][1:]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench hub", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(machine())
    make_database(DATABASE)
    url, beside = url_of(DATABASE), os.environ["DATABASE_URL"]
    env = environment(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            env["MEDIA_ROOT"] = folder
            os.chmod(folder, 0o755)  # psql may run as another
            manage("migrate", "--verbosity", "0", env=env)
            set_up_django(env)
            figures = measure(options, url, Path(folder))
    finally:
        os.environ["DATABASE_URL"] = beside
        drop_database(DATABASE)
    print(f"\n{SCENARIO} at {options.rows:,} rows")
    report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
