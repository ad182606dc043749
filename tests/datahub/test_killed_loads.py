"""A worker that is killed in the middle of a load: the next one gives the same rows."""

import os
import signal
import subprocess
import sys
from time import monotonic

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from datahub.enums import LoadMode as M
from datahub.enums import LoadState as S
from datahub.models import Load
from datahub.services import cancel_load, work_loads
from tests.datahub.catalogue import build_hub
from tests.datahub.loading import AT, as_csv, ask, load, person, rows_of
from tests.town import build_town

WORKER = "import django; django.setup(); from datahub.services import work_loads; work_loads()"
PATIENCE = 60  # seconds, of a machine with much else to do
FIRST, SECOND = [person(1), person(2)], [person(2, 姓名="新名"), person(3), person(4, 姓名="")]


@pytest.fixture
def hub(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    town = build_town()
    made = build_hub(town)
    made.reporter = town.people["reporter"]
    yield made
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'datahub'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE datahub.{table}")


@pytest.fixture
def other(hub):
    """A connection beside the test's own, that can hold a worker up."""
    database = connection.settings_dict
    held = psycopg2.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"] or None,
        host=database["HOST"], port=database["PORT"],
    )  # fmt: skip
    yield held
    held.close()


def start_worker():
    return start_process(WORKER)


def start_process(code, **more):
    """Run code in a process of its own, in the test's database."""
    database = connection.settings_dict
    url = (
        f"postgis://{database['USER']}:{database['PASSWORD']}@{database['HOST']}"
        f":{database['PORT']}/{database['NAME']}"
    )
    env = {**os.environ, "DATABASE_URL": url, "MEDIA_ROOT": settings.MEDIA_ROOT,
           "DJANGO_SETTINGS_MODULE": "governance.settings", **more}  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR)


def wait_until(question, *values):
    """Ask PostgreSQL until it says yes."""
    until = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute(question, values)
            if cursor.fetchone()[0]:
                return
    raise AssertionError(question)


# Other tests may run beside this one, in databases of their own.
HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
IS_HELD_UP = (
    f"SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = %s::regclass AND {HERE}"
)
IS_FREE = f"SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND {HERE}"


@pytest.mark.parametrize("mode", [M.FULL, M.APPEND, M.UPSERT])
def test_killed_load_gives_the_same_rows_when_done_again(hub, other, mode):
    load(hub.people, hub.reporter, as_csv(FIRST))
    before = rows_of(hub.people, lineage=True)
    rows = [*SECOND, *(person(n) for n in range(5, 40))]
    asked = ask(hub.people, hub.reporter, as_csv(rows), mode=mode)
    table = f"datahub.r{hub.people.pk}"
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
    worker = start_worker()
    wait_until(IS_HELD_UP, table)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    other.rollback()
    wait_until(IS_FREE)
    asked.refresh_from_db()
    assert (asked.state, rows_of(hub.people, lineage=True)) == (S.CHECKING, before)
    work_loads()
    asked.refresh_from_db()
    assert asked.state == S.DONE
    killed = rows_of(hub.people, lineage=True)
    undisturbed = load(hub.files, hub.reporter, as_csv(FIRST))
    undisturbed = load(hub.files, hub.reporter, as_csv(rows), mode=mode)
    assert rows_of(hub.files) == [row[1:] for row in killed]
    for name in ("rows_read", "rows_loaded", "rows_bad", "rows_same", "rows_replaced", "faults"):
        assert getattr(asked, name) == getattr(undisturbed, name), name
    assert {row[0] >> 32 for row in killed} <= {asked.pk, before[0][0] >> 32}


def test_running_load_is_broken_off_by_a_cancel(hub, other):
    load(hub.people, hub.reporter, as_csv(FIRST))
    before = rows_of(hub.people, lineage=True)
    asked = ask(hub.people, hub.reporter, as_csv([person(9)]))
    table = f"datahub.r{hub.people.pk}"
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
    worker = start_worker()
    wait_until(IS_HELD_UP, table)
    cancel_load(load=asked, at=AT)
    assert worker.wait(PATIENCE) == 0
    other.rollback()
    assert Load.objects.get(pk=asked.pk).state == S.CANCELLED
    assert rows_of(hub.people, lineage=True) == before
