"""Fetching from a real PostgreSQL: one query that cannot write, within its time."""

import os
import signal
import socket
from decimal import Decimal
from threading import Thread

import psycopg2
import pytest
from django.db import connection

from datahub.columns.numbers import uscc_check
from datahub.enums import FetchState, LoadState
from datahub.models import AllowedHost, Fetch, Load, Source
from datahub.services import work_fetches, work_loads
from tests.datahub.catalogue import build_hub
from tests.datahub.loading import rows_of
from tests.datahub.sources import LOOPBACK, NAMED, PAST, allow, fetch, our_database, save
from tests.datahub.test_killed_loads import start_process, wait_until
from tests.town import build_town

WORKER = "import django; django.setup(); from datahub.services import work_fetches; work_fetches()"
QUERY = "SELECT * FROM licences ORDER BY uscc"


@pytest.fixture
def hub(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.FETCH_NETWORKS = [LOOPBACK]
    town = build_town()
    made = build_hub(town)
    made.loader = town.people["other-reporter"]
    made.origin, made.path, made.user, made.password = our_database()
    allow(made.origin)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE licences (uscc text, name text, capital numeric, staff int,"
            " is_open boolean, licensed_at timestamptz, grade text, place text)"
        )
        cursor.execute(
            "INSERT INTO licences VALUES (%s, '演示一店', 12.50, 3, true,"
            " '2026-03-02 09:00+08', 'AB', '118.6,32.1'),"
            " (%s, '演示\"二,店', 1e10, NULL, false, NULL, 'A', NULL)",
            [uscc(6), uscc(7)],
        )
    yield made
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS licences")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'datahub'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE datahub.{table}")


def uscc(serial):
    number = f"91320111MA1MU2D3{serial}"
    return number + uscc_check(number)


def save_query(hub, query=QUERY, **changes):
    given = {**NAMED, "user": hub.user, "secret": hub.password, "query": query}
    return save(hub.shops, hub.loader, hub.origin + hub.path, **{**given, **changes})


@pytest.mark.parametrize("query", [QUERY, QUERY + ";", "licences", "public.licences"])
def test_query_or_table_becomes_a_load(hub, query):
    source = save_query(hub, query)
    assert (fetch(source).state, fetch(source).state) == (
        FetchState.LOADED, FetchState.UNCHANGED,
    )  # fmt: skip
    work_loads()
    load = Load.objects.get()
    assert (load.state, load.rows_read) == (LoadState.DONE, 2)
    found = [row[:5] for row in rows_of(hub.shops)]
    assert found == [
        (uscc(6), "演示一店", Decimal("12.50"), 3, True),
        (uscc(7), '演示"二,店', Decimal(10**10), None, False),
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("DELETE FROM licences RETURNING *", "查询想要改动数据，已拒绝"),
        ("SELECT 1; DROP TABLE licences", "只能填一条查询语句"),
        ("SELECT 1; COMMIT; DROP TABLE licences", "只能填一条查询语句"),
        ("SELECT 1) TO PROGRAM 'true' --", "语法错误"),
        ("WITH gone AS (DELETE FROM licences RETURNING *) SELECT * FROM gone", "数据"),
        ("SELECT set_config('transaction_read_only', 'off', false)", "出错"),
        ("SELECT nextval('datahub_load_id_seq')", "查询想要改动数据，已拒绝"),
        ("SELECT pg_sleep(60)", "没有在规定时间内取完"),
        ("nothing_here", "没有这张表"),
        ("SELECT nothing FROM licences", "没有查询中的某一列"),
    ],
)
def test_query_that_writes_or_fails_is_refused(hub, settings, query, words):
    if "pg_sleep" in query:
        settings.FETCH_MINUTES = 2 / 60
    source = save_query(hub, query)
    attempt = fetch(source)
    assert attempt.state == FetchState.FAILED
    assert words in attempt.detail
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM licences")
        assert cursor.fetchone() == (2,)
    assert Load.objects.count() == 0


def test_wrong_database_and_unlisted_port_are_told(hub):
    source = save_query(hub)
    Source.objects.update(address=f"{hub.origin}/nothing_here")
    assert "连不上对方的数据库" in fetch(source).detail
    AllowedHost.objects.all().delete()
    assert "不在允许抓取的主机之列" in fetch(source).detail


def test_silent_database_is_hung_up_on(hub, settings):
    """A server that takes the query and then says nothing holds nobody up."""
    settings.FETCH_MINUTES = 1 / 60
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        Thread(target=be_silent, args=(listener,), daemon=True).start()
        allow(f"postgresql://127.0.0.1:{port}")
        source = save_query(hub)
        Source.objects.update(address=f"postgresql://127.0.0.1:{port}/x")
        assert fetch(source).state == FetchState.FAILED


def be_silent(listener):
    """Speak the protocol as far as "ready", then no more."""
    line, _ = listener.accept()
    with line:
        line.recv(8)
        line.sendall(b"N")  # no TLS
        line.recv(4096)
        ready = b"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I"
        line.sendall(ready)
        while line.recv(4096):
            pass


@pytest.fixture
def other(hub):
    database = connection.settings_dict
    held = psycopg2.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"] or None,
        host=database["HOST"], port=database["PORT"],
    )  # fmt: skip
    yield held
    held.close()


HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
IS_HELD_UP = f"SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND {HERE}"
IS_FREE = f"SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND {HERE}"


def test_killed_fetch_is_done_again_and_nobody_doubles_it(hub, other):
    source = save_query(hub)
    Source.objects.update(next_at=PAST)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE licences IN ACCESS EXCLUSIVE MODE")
    worker = start_process(WORKER, FETCH_NETWORKS=LOOPBACK)
    wait_until(IS_HELD_UP)
    assert work_fetches() == 0  # it is under way elsewhere
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    other.rollback()
    wait_until(IS_FREE)
    assert (Load.objects.count(), Fetch.objects.get().state) == (0, FetchState.RUNNING)
    assert work_fetches() == 1
    states = list(Fetch.objects.order_by("id").values_list("state", "detail"))
    assert states == [(FetchState.FAILED, "取到一半中断，已重新开始。"), (FetchState.LOADED, "")]
    assert Load.objects.count() == 1
    source.refresh_from_db()
    assert source.next_at is None


def test_source_that_changes_in_mid_fetch_brings_nothing(hub, other):
    save_query(hub)
    Source.objects.update(next_at=PAST)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE licences IN ACCESS EXCLUSIVE MODE")
    worker = start_process(WORKER, FETCH_NETWORKS=LOOPBACK)
    wait_until(IS_HELD_UP)
    save_query(hub, "SELECT * FROM licences WHERE false")
    other.rollback()
    assert worker.wait(60) == 0
    assert (Load.objects.count(), Fetch.objects.get().state) == (0, FetchState.FAILED)
