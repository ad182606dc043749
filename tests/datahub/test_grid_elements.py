"""A grid's elements at one click: linked by point or address, by right, masked, on record."""

import csv
import io

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.columns import Column
from datahub.enums import ColumnType as T
from datahub.enums import PersonalClass as P
from datahub.models import Resource
from datahub.services import publish_schema
from grids.enums import ElementKind
from grids.models import Element
from grids.services.addresses import KnownAddress, save_addresses
from grids.services.elements import save_element
from tests.datahub.catalogue import AT, add_resource
from tests.datahub.loading import load
from tests.town import EAST_POINT, WEST_POINT

EAST_GRID = "320111001001001"
PLACES = [Column("code", "编号", is_required=True, is_key=True), Column("place", "位置", T.POINT)]
HOMES = [
    Column("code", "编号", is_required=True, is_key=True),
    Column("name", "姓名", personal=P.NAME),
    Column("address", "住址", personal=P.ADDRESS),
]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def sheet(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.fixture
def libraries(hub, people, town):
    """Shops by point, residents by address; one of each in the east, one in the west."""
    department = town.departments["城管局"]
    shops = add_resource("permits", "证照", department, "unconditional", library="certificates")
    homes = add_resource("homes", "住户", department, "unconditional", library="residents")
    publish_schema(resource=shops, columns=PLACES, at=AT)
    publish_schema(resource=homes, columns=HOMES, at=AT)
    east, west = (Point(one["lon"], one["lat"], srid=4326) for one in (EAST_POINT, WEST_POINT))
    save_addresses(
        addresses=[KnownAddress("东街文德路5号", east), KnownAddress("西街万寿路6号", west)]
    )
    load(shops, people["reporter"], sheet(
        ["编号", "位置"], ["证照在东", f"{east.x} {east.y}"], ["证照在西", f"{west.x} {west.y}"],
        ["证照无处", ""],
    ))  # fmt: skip
    load(homes, people["reporter"], sheet(
        ["编号", "姓名", "住址"], ["户在东", "演示东", "东街文德路5号"],
        ["户在西", "演示西", "西街万寿路6号"],
    ))  # fmt: skip
    for kind, name in ((ElementKind.PERSON, "演示住户"), (ElementKind.FACILITY, "消防栓")):
        element = Element(kind=kind, area=town.areas["东街1社区1格"], added_at=timezone.now())
        save_element(element=element, name=name, phone="13900000001")


def look(people, name, grid=EAST_GRID):
    client = Client()
    client.force_login(people[name])
    return client.get("/hub/elements/", {"grid": grid}).content.decode()


def seen(page):
    words = ("证照在东", "证照在西", "证照无处", "户在东", "户在西", "消防栓", "演**")
    return {word for word in words if word in page}


def test_whoever_may_see_people_there_sees_all_of_the_grid_masked(libraries, people):
    page = look(people, "dispatcher")
    assert seen(page) == {"证照在东", "户在东", "消防栓", "演**"}
    assert not any(word in page for word in ("演示东", "文德路5号", "13900000001", "演示住户"))
    logged = AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED)
    assert (logged.user, logged.subject) == (people["dispatcher"], f"grid {EAST_GRID}")


def test_grid_is_found_by_its_name(libraries, people):
    assert "证照在东" in look(people, "dispatcher", "东街1社区1格")
    assert "没有这个网格" in look(people, "dispatcher", "没有")


@pytest.mark.parametrize("name", ["west", "west-worker", "reporter", "nobody"])
def test_outsider_finds_no_such_grid(libraries, people, name):
    page = look(people, name)
    assert ("没有这个网格" in page, seen(page)) == (True, set())
    assert not AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).exists()


def test_leader_without_the_right_on_people_sees_things_only(libraries, people):
    assert seen(look(people, "leader")) == {"证照在东", "消防栓"}
    assert not AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).exists()


def test_rows_need_a_right_on_their_resource(libraries, people, hub):
    homes = Resource.objects.get(code="homes")
    homes.sharing, homes.sharing_terms = "conditional", "按规定"
    homes.save()
    assert "户在东" not in look(people, "dispatcher")
    assign_perm("view_rows", people["dispatcher"], homes)
    assert "户在东" in look(people, "dispatcher")


def test_page_asks_for_a_sign_in_and_reads_any_words(libraries, people):
    assert Client().get("/hub/elements/").status_code == 302
    for words in ("", "'", "%", "x" * 500, "\x00"):
        client = Client()
        client.force_login(people["dispatcher"])
        assert client.get("/hub/elements/", {"grid": words}).status_code == 200


def test_catalogue_is_narrowed_by_library(libraries, api):
    found = api("dispatcher").get("/api/v1/resources/", {"library": "residents"}).data["results"]
    assert [one["code"] for one in found] == ["homes"]
