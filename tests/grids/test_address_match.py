"""Standard addresses: a free text finds its own with a score and reasons, through the index."""

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from grids.models import Address
from grids.selectors import find_addresses, match_addresses
from grids.selectors.address_match import AddressParts, address_candidates, parts_of
from grids.services.addresses import KnownAddress, save_addresses
from tests.town import EAST_POINT, WEST_POINT

EAST, WEST = (Point(one["lon"], one["lat"], srid=4326) for one in (EAST_POINT, WEST_POINT))
KNOWN = [
    KnownAddress("东街文德路5号", EAST, "A1"),
    KnownAddress("东街文德路15号", EAST, "A2"),
    KnownAddress("东街文德路5号演示苑3栋", EAST, "A3"),
    KnownAddress("东街文德路5号演示苑4栋", EAST, "A4"),
    KnownAddress("西街万寿路6号", WEST, "B1"),
]


@pytest.fixture
def library(town):
    assert save_addresses(addresses=KNOWN) == (5, 0)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("文德路5号演示苑3栋2单元301室", AddressParts("文德路", "5", "演示苑", "3", "2", "301")),
        ("演示苑3栋2单元301", AddressParts("", "", "演示苑", "3", "2", "301")),
        ("浦口大道12号", AddressParts("浦口大道", "12")),
        ("桃园小区a栋", AddressParts("", "", "桃园小区", "a")),
        ("江边", AddressParts()),
    ],
)
def test_address_is_taken_apart(text, parts):
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("东街文德路5号", "A1"), ("文德路５号", "A1"), ("文德路十五号", "A2"),
        ("文德路5号演示苑3号楼", "A3"), ("演示苑4幢", "A4"), ("西街 万寿路6号", "B1"),
    ],
)  # fmt: skip
def test_spellings_find_their_address(library, text, code):
    best = match_addresses(text=text)[0]
    assert (best.address.code, best.score >= 0.8) == (code, True), (best.score, best.reasons)


def test_reasons_say_what_is_alike_and_what_is_not(library):
    exact, *others = match_addresses(text="东街文德路5号演示苑3栋")
    assert (exact.score, exact.reasons) == (1.0, ("写法完全相同",))
    other = next(one for one in others if one.address.code == "A4")
    assert other.reasons[:4] == (
        "路名相同：文德路",
        "门牌号相同：5",
        "小区相同：演示苑",
        "楼栋不同：3 / 4",
    )
    assert other.score < 0.7


def test_nothing_alike_gives_nothing(library):
    assert match_addresses(text="") == match_addresses(text="，，") == []
    assert match_addresses(text="火星基地一号穹顶") == []


def test_address_search_of_the_call_uses_it(library):
    assert [row.code for row in find_addresses(words="文德路5号演示苑3号楼")] == ["A3"]


def test_candidates_come_through_the_index(library):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = address_candidates(
            text="文德路5号", parts=AddressParts("文德路", "5")
        ).query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "address_trgm" in plan


def test_same_code_or_spelling_is_brought_up_to_date(library):
    again = [KnownAddress("东街文德路五号", WEST, "A1"), KnownAddress("东街新路1号", EAST, "A2")]
    assert save_addresses(addresses=again) == (0, 2)
    assert save_addresses(addresses=again) == (0, 2)
    rows = dict(Address.objects.values_list("code", "text"))
    assert (rows["A1"], rows["A2"], len(rows)) == ("东街文德路五号", "东街新路1号", 5)


def test_api_answers_people_with_a_sign_in_only(library, api):
    path = "/api/v1/addresses/match/"
    assert APIClient().get(path, {"address": "文德路5号"}).status_code == 401
    found = api("dispatcher").get(path, {"address": "文德路5号", "limit": 1}).data["results"]
    assert [(one["code"], one["grid_name"]) for one in found] == [("A1", "东街1社区1格")]
    for bad in ({}, {"address": ""}, {"address": "x" * 201}, {"address": "x", "limit": 0}):
        refused = api("dispatcher").get(path, bad)
        assert (refused.status_code, bool(refused.data["fields"])) == (400, True)


def test_page_shows_candidates(library, client, town):
    assert Client().get("/hub/addresses/").status_code == 302
    client.force_login(town.people["dispatcher"])
    page = client.get("/hub/addresses/", {"q": "文德路5号3号楼"}).content.decode()
    assert "东街文德路5号演示苑3栋" in page
    assert "楼栋相同：3" in page


def test_command_reads_a_file_and_tells_bad_rows(town, tmp_path, capsys):
    file = tmp_path / "a.csv"
    lon, lat = EAST_POINT["lon"], EAST_POINT["lat"]
    rows = f"编码,地址,坐标\nX1,东街文德路5号,{lon} {lat}\nX2,,1 2\n"
    file.write_text(rows, encoding="gb18030")
    call_command("load_addresses", "--file", str(file))
    said = capsys.readouterr()
    assert ("新增 1 条，更新 0 条" in said.out, "第 3 行有误" in said.err) == (True, True)
    assert Address.objects.get().code == "X1"
