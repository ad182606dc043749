"""Departments' data: loads, what the catalogue says of many rows, and the API's filtered page.

A load of a plain CSV of residents, checked, deduplicated and with lineage, stands beside psql's
\\copy of the same rows, typed and clean, into a table with the same columns and the same indexes.
Both begin empty; the two take turns. The rest is in `bench.catalogue`. The database is dropped.
"""

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.catalogue import facilities_table, measure_catalogue
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
    from django.core.files.uploadedfile import UploadedFile  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from datahub.enums import LoadMode  # noqa: PLC0415
    from datahub.models import Load  # noqa: PLC0415
    from datahub.querysets import Reader  # noqa: PLC0415
    from datahub.services import ask_load, undo_load, work_loads  # noqa: PLC0415
    from grids.enums import Crs  # noqa: PLC0415

    with path.open("rb") as file:
        handed_in = UploadedFile(file, "residents.csv", "text/csv", path.stat().st_size)
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


def run_sql(url: str, *statements: str) -> None:
    connection = connect(url)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def copy_seconds(path: Path, url: str) -> float:
    run_sql(url, YARDSTICK, "CHECKPOINT")
    began = time.perf_counter()
    plain = url.replace("postgis://", "postgresql://", 1)
    command = ["psql", "-q", plain, "-c", f"\\copy yardstick FROM '{path}' WITH (FORMAT csv)"]
    subprocess.run(command, check=True)
    took = time.perf_counter() - began
    run_sql(url, "DROP TABLE yardstick")
    return took


def measure(options: argparse.Namespace, url: str, folder: Path) -> list[Figure]:
    ours, theirs = folder / "ours.csv", folder / "theirs.csv"
    write_file(ours, rows=options.rows, is_numbered=False)
    write_file(theirs, rows=options.rows, is_numbered=True)
    resource, user = make_resource()
    took: dict[str, list[float]] = {"copy": [], **{mode: [] for mode in options.modes}}
    for number in range(options.rounds + 1):  # the first warms up
        for mode in options.modes:
            took[mode].append(load_seconds(ours, resource, user, mode, options.rows))
        took["copy"].append(copy_seconds(theirs, url))
        told = ", ".join(f"{name} {one[-1]:.1f} s" for name, one in took.items())
        print(f"  round {number}: {told}", flush=True)
    figure, figures = partial(Figure, SCENARIO, size=options.rows), []
    for mode in options.modes:
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


def need_disk(options: argparse.Namespace) -> None:
    """Stop before the disk is full: the files, both tables and PostgreSQL's log; or the rows."""
    needed = max(options.rows * 1_300, options.catalogue_rows * 150) // 10**9 + 3
    free = shutil.disk_usage(tempfile.gettempdir()).free // 10**9
    if free < needed:
        raise SystemExit(f"{needed} GB are needed, {free} GB are free.")


def run(options: argparse.Namespace, url: str, env: dict[str, str]) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        env["MEDIA_ROOT"] = folder
        os.chmod(folder, 0o755)  # psql may run as another
        manage("migrate", "--verbosity", "0", env=env)
        set_up_django(env)
        if options.catalogue_rows:
            figures += measure_catalogue(url, env, options.catalogue_rows, options.rounds)
            run_sql(url, f"TRUNCATE {facilities_table()}", "CHECKPOINT")
        if options.rows:
            figures += measure(options, url, Path(folder))
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench hub", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="to load; 0: no loads")
    parser.add_argument("--modes", nargs="+", default=["full", "append"])
    parser.add_argument("--catalogue-rows", type=int, default=2_000_000, help="0: no catalogue")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(machine())
    need_disk(options)
    # What has started must end, and the database go, however this is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    make_database(DATABASE)
    url, beside = url_of(DATABASE), os.environ["DATABASE_URL"]
    try:
        figures = run(options, url, environment(url))
    finally:
        os.environ["DATABASE_URL"] = beside
        drop_database(DATABASE)
    print(f"\n{SCENARIO}: loads of {options.rows:,} rows, catalogue of {options.catalogue_rows:,}")
    report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
