"""Groups of rows: every engine gives the answer that is worked out by hand."""

import os
import subprocess
import sys

import pytest
from distributed import Client
from django.conf import settings as configured
from django.db import connection

from datahub.selectors.grouping import GROUPS_LIMIT, group_rows
from datahub.selectors.grouping.question import EngineAwayError
from governance.lib.errors import InvalidError
from tests.datahub.catalogue import add_genders
from tests.datahub.grouping import QUESTIONS, add_rows, answer, ask, plain
from tests.town import build_town

PATIENCE = 90  # seconds, of a machine with much else to do


@pytest.fixture
def firms(town):
    add_genders()
    return add_rows(town)


@pytest.mark.parametrize("engine", ["postgresql", "embedded"])
def test_engine_gives_what_is_worked_out_by_hand(firms, engine):
    resource, rows = firms
    for question in QUESTIONS:
        query, grouping = ask(resource, *question)
        given = plain(group_rows(query, grouping, engine=engine))
        assert given == answer(rows, query, grouping), question


@pytest.mark.parametrize("engine", ["postgresql", "embedded"])
def test_who_may_see_no_row_is_told_of_none(firms, engine):
    resource, _ = firms
    query, grouping = ask(resource, "street", "sum:capital", {}, cut=())
    assert group_rows(query, grouping, engine=engine).found == ()
    query, grouping = ask(resource, "", "filled:street", {}, cut=())
    assert plain(group_rows(query, grouping, engine=engine)) == [((), 0, (0,))]


@pytest.mark.parametrize("engine", ["postgresql", "embedded"])
def test_table_without_rows_has_no_groups(firms, engine):
    resource, _ = firms
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM datahub.r{resource.pk}")
    for question in QUESTIONS:
        query, grouping = ask(resource, *question)
        given = plain(group_rows(query, grouping, engine=engine))
        assert given == answer([], query, grouping), question


@pytest.mark.parametrize("engine", ["postgresql", "embedded"])
def test_too_many_groups_are_refused_with_their_field(firms, engine, monkeypatch):
    monkeypatch.setattr("datahub.selectors.grouping.GROUPS_LIMIT", 100)
    query, grouping = ask(firms[0], "number", "", {})
    with pytest.raises(InvalidError) as error:
        group_rows(query, grouping, engine=engine)
    assert (error.value.code, list(error.value.fields)) == ("too_many_groups", ["by"])
    assert GROUPS_LIMIT == 5_000


@pytest.fixture(scope="module")
def cluster(django_db_setup, tmp_path_factory):
    """Run a scheduler and two workers, as an installation would: processes of their own."""
    place = tmp_path_factory.mktemp("dask")
    note, database = place / "scheduler.json", connection.settings_dict
    url = (
        f"postgis://{database['USER']}:{database['PASSWORD']}@{database['HOST']}"
        f":{database['PORT']}/{database['NAME']}"
    )
    env = {**os.environ, "DATABASE_URL": url}
    python, root = sys.executable, configured.BASE_DIR
    command = [python, "manage.py", "analytics"]
    scheduler = [*command, "scheduler", "--port", "0", "--note", str(note)]
    started = [subprocess.Popen(scheduler, cwd=root, env=env)]
    try:
        # It waits for the scheduler's note by itself.
        with Client(scheduler_file=str(note), timeout=PATIENCE) as client:
            address = client.scheduler.address
            worker = [*command, "worker", "--scheduler", address]
            started += [subprocess.Popen(worker, cwd=root, env=env) for _ in range(2)]
            client.wait_for_workers(2, timeout=PATIENCE)
            yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(PATIENCE)


@pytest.fixture
def many_firms(transactional_db):
    """The rows where processes of their own see them."""
    town = build_town()
    add_genders()
    yield add_rows(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'datahub'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE datahub.{table}")


def work_done(address):
    """Tell which process has done how many tasks."""
    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        return client.run(lambda dask_worker: (os.getpid(), dask_worker.state.executed_count))


def test_two_workers_give_what_one_process_gives(many_firms, cluster, settings):
    settings.ANALYTICS_SCHEDULER = cluster
    settings.ANALYTICS_SECONDS = PATIENCE
    resource, rows = many_firms
    for question in QUESTIONS:
        query, grouping = ask(resource, *question)
        expected = answer(rows, query, grouping)
        given = {
            engine: plain(group_rows(query, grouping, engine=engine))
            for engine in ("postgresql", "embedded", "distributed")
        }
        assert given == dict.fromkeys(given, expected), question
    query, grouping = ask(resource, "street", "sum:capital", {}, cut=())
    assert group_rows(query, grouping, engine="distributed").found == ()
    work = dict(work_done(cluster).values())
    assert len(work) == 2
    assert min(work.values()) > 0


def test_engine_that_is_away_is_named_and_replaced_only_where_settings_say(
    firms, settings, monkeypatch
):
    monkeypatch.setattr("datahub.selectors.grouping.dask.CONNECT_SECONDS", 0.3)
    settings.ANALYTICS_SCHEDULER = "tcp://127.0.0.1:9"  # discard: nobody listens
    query, grouping = ask(firms[0], "street", "", {})
    with pytest.raises(EngineAwayError) as error:
        group_rows(query, grouping, engine="distributed")
    assert (error.value.status, list(error.value.fields)) == (503, ["engine"])
    settings.ANALYTICS_FALLBACK = True
    found = group_rows(query, grouping, engine="distributed")
    assert found == group_rows(query, grouping, engine="postgresql")
