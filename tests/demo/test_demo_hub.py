"""The demo's departments' data: the same each time, through the real loads, removed whole."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from datahub.columns import find_flaws
from datahub.enums import LoadState
from datahub.models import (
    BadRow,
    CodeList,
    CrossCheck,
    Finding,
    Load,
    Resource,
    SchemaColumn,
    SharingRequest,
)
from governance.demo.hub import loading
from governance.demo.hub.checks import load_checks
from governance.demo.hub.entries import ENTRIES
from governance.demo.hub.files import Habit, World, as_file, columns_of, write_rows
from governance.demo.hub.requests import load_requests
from governance.demo.hub.scenes import make_firms, make_residents
from governance.demo.made_up import Spot
from governance.demo.removal import remove_demo
from tests.datahub.loading import rows_of

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SOME = ("mz-homes", "ga-missing", "sw-river", "wl-relic", "zj-danger")


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'datahub'::regnamespace"
                       " AND relkind = 'r'")  # fmt: skip
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def few(demo, monkeypatch):
    """Only some entries, of few rows: the whole takes its time."""
    chosen = tuple(entry for entry in ENTRIES if entry.code in SOME)
    monkeypatch.setattr(loading, "ENTRIES", chosen)
    loading.load_hub(at=timezone.now())
    return {entry.code: entry for entry in chosen}


def test_catalogue_is_as_large_as_promised():
    assert len({entry.code for entry in ENTRIES}) == len(ENTRIES) >= 60
    assert len({entry.owner for entry in ENTRIES}) >= 12
    assert sum(entry.rows for entry in ENTRIES) >= 100_000
    assert {entry.code: find_flaws(columns_of(entry)) for entry in ENTRIES} == {
        entry.code: [] for entry in ENTRIES
    }


def test_files_are_the_same_each_time():
    world = World(make_residents(), make_firms(), [Spot("演示路", 118.6, 32.0)], ["演示社区"])
    for entry in ENTRIES:
        twice = [
            as_file(entry, write_rows(entry, world=world, habit=Habit(0.1, 0.1), at=AT, share=0.02))
            for _ in range(2)
        ]
        assert twice[0][0] == twice[1][0]
        assert twice[0][0].endswith("xlsx") or twice[0] == twice[1]


def test_nobody_can_have_the_numbers_of_the_residents():
    numbers = [one.id_no for one in make_residents()]
    assert len(set(numbers)) == len(numbers)
    assert {number[:6] for number in numbers} == {"329901"}
    firms = [one.uscc for one in make_firms()]
    assert len(set(firms)) == len(firms)


def test_rows_come_through_loads(few):
    assert {one.code for one in Resource.objects.all()} == set(SOME)
    assert all(Resource.objects.values_list("is_demo", flat=True))
    loads = Load.objects.order_by("id")
    states = {code: [load.state for load in loads.filter(resource__code=code)] for code in SOME}
    done, refused = LoadState.DONE, LoadState.REFUSED
    assert states == {
        "mz-homes": [done, done], "ga-missing": [done, done], "sw-river": [done, done],
        "wl-relic": [], "zj-danger": [done, done, refused],
    }  # fmt: skip
    river = Resource.objects.get(code="sw-river")
    assert len(rows_of(river)) == river.rows > 0
    assert BadRow.objects.filter(load__resource__code="zj-danger").exists()
    newest = river.loads.filter(state=done).latest("id")
    assert river.loaded_at == newest.asked_at <= timezone.now()


def test_second_load_changes_nothing(few):
    assert loading.load_hub(at=timezone.now()) == 0
    assert Load.objects.count() == 9


def test_pages_show_it(few, client):
    client.force_login(User.objects.get(username="dispatcher"))
    for code in ("mz-homes", "sw-river", "wl-relic"):
        assert client.get(reverse("datahub:rows", args=[code])).status_code == 200
        assert client.get(reverse("datahub:resource", args=[code])).status_code == 200


def test_requests_are_made_and_decided_once(few):
    assert load_requests(at=timezone.now()) == 1
    assert load_requests(at=timezone.now()) == 0
    assert SharingRequest.objects.get().resource.code == "zj-danger"


def test_removal_takes_rows_tables_and_entries(few):
    load_requests(at=timezone.now())
    remove_demo()
    assert (Resource.objects.count(), Load.objects.count(), BadRow.objects.count()) == (0, 0, 0)
    assert (CodeList.objects.count(), SchemaColumn.objects.count()) == (0, 0)
    assert tables() == set()
    assert User.objects.count() == 0


COMPARED = ("mz-elderly", "wj-death", "sc-licence", "xf-check")


def test_checks_find_something_on_the_map_and_go_with_the_demo(demo, monkeypatch):
    chosen = tuple(replace(one, rows=400) for one in ENTRIES if one.code in COMPARED)
    monkeypatch.setattr(loading, "ENTRIES", chosen)
    loading.load_hub(at=timezone.now())
    assert [load_checks(at=timezone.now()) for _ in range(2)] == [2, 0]
    assert set(CrossCheck.objects.values_list("runs__problem", flat=True)) == {""}
    assert Finding.objects.count() == sum(CrossCheck.objects.values_list("runs__found", flat=True))
    remove_demo()
    assert (CrossCheck.objects.count(), Finding.objects.count()) == (0, 0)
