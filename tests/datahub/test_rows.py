"""Rows: what each person is given by every way out, against a reference written by hand."""

import json

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.columns import Column
from datahub.columns.masking import mask
from datahub.enums import ColumnType as T
from datahub.enums import PersonalClass as P
from datahub.models import Resource
from tests.datahub.catalogue import add_resource
from tests.datahub.loading import as_csv, id_number, load, person
from tests.datahub.test_bad_loads import SHOP, shop

CODES = ("shops", "people", "files")
# Who may read the rows of what, and who may read personal columns. 城管局 owns people and files.
READS = {
    "dispatcher": {"shops"}, "worker": {"shops"}, "leader": {"shops"},
    "handler": {"shops", "people", "files"}, "reporter": {"shops", "people", "files"},
    "other-handler": {"shops"}, "administrator": set(), "root": set(CODES), "nobody": set(),
    "granted": set(CODES),
}  # fmt: skip
REVEALS = {"handler": {"people", "files"}, "other-handler": {"shops"}, "root": set(CODES)}
KNOWS = {"dispatcher", "worker", "leader", "other-handler"}  # of people, but not its rows


@pytest.fixture
def rows(hub, people, settings, tmp_path):
    """Three residents, as many files about them, and a shop."""
    settings.MEDIA_ROOT = str(tmp_path)
    residents = [person(n, 姓名=f"演示人{n}", 性别="12"[n % 2]) for n in (1, 2, 3)]
    load(hub.people, people["reporter"], as_csv(residents))
    load(hub.files, people["reporter"], as_csv(residents))
    load(hub.shops, people["root"], as_csv([shop()], head=SHOP, quoting=1))
    return hub


def status_of(person, code, allowed):
    if code in allowed.get(person, set()):
        return 200
    known = {"shops", *(("people",) if person in KNOWS | {"administrator"} else ())}
    known |= READS[person] | ({"files"} if person in ("administrator", "root") else set())
    return 404 if person == "nobody" or code not in known else 403


SECRETS = [id_number(n) for n in (1, 2, 3)] + ["演示人1", "演示人2", "演示人3", "13900000000"]


@pytest.mark.parametrize("person", READS)
def test_every_way_out_keeps_to_the_same_rule(rows, people, api, client, person):
    machine = api(person)
    client.force_login(people[person])
    for code in CODES:
        url, wanted = f"/api/v1/resources/{code}/rows/", status_of(person, code, READS)
        listed, counted = machine.get(url), machine.get(f"{url}count/")
        page = client.get(reverse("datahub:rows", args=[code]))
        assert (listed.status_code, counted.status_code, page.status_code) == (wanted,) * 3, code
        if wanted == 200:
            number = 1 if code == "shops" else 3
            assert (len(listed.data["results"]), counted.data["count"]) == (number, number)
        for answer in (listed, page, client.get(reverse("datahub:resource", args=[code]))):
            assert [one for one in SECRETS if one in answer.content.decode()] == [], code
        revealed = machine.post(f"{url}reveal/", {"purpose": "核对"})
        assert revealed.status_code == status_of(person, code, REVEALS), code
        found = [one for one in SECRETS if one in revealed.content.decode()]
        assert bool(found) == (revealed.status_code == 200 and code != "shops")


def test_strangers_are_sent_away(rows, client):
    assert client.get("/api/v1/resources/shops/rows/").status_code == 401
    assert client.get("/hub/shops/rows/").status_code == 302


def test_masked_row_and_revealed_row(rows, api):
    machine = api("handler")
    masked = machine.get("/api/v1/resources/people/rows/").data["results"][0]
    plain = machine.post("/api/v1/resources/people/rows/reveal/", {"purpose": "x"}).data
    shown = {"gender": "2", "born_on": "1990-01-01"}
    assert json.loads(json.dumps(masked, default=str)) == {
        "_id": masked["_id"], "id_no": mask(Column("a", "a", personal=P.ID_NUMBER), id_number(1)),
        "name": "演**", "mobile": "139******00", **shown,
    }  # fmt: skip
    assert json.loads(json.dumps(plain["results"][0], default=str)) == {
        "_id": masked["_id"], "id_no": id_number(1), "name": "演示人1", "mobile": "13900000000",
        **shown,
    }  # fmt: skip


def test_reveal_is_on_record_with_its_purpose(rows, api, people):
    url = "/api/v1/resources/people/rows/reveal/"
    machine = api("handler")
    assert machine.post(url, {"purpose": " "}).status_code == 400
    assert AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).count() == 0
    machine.post(url, {"purpose": "核对低保", "columns": "name,gender", "size": 2})
    machine.post(url, {"purpose": "看性别", "columns": "gender"})
    machine.post(url, {"purpose": "找人", "columns": "gender", "conditions": {"name": "演示人1"}})
    logged = AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).order_by("id")
    assert [(one.user, one.subject, one.purpose) for one in logged] == [
        (people["handler"], "resource people", "核对低保（2 行：name）"),
        (people["handler"], "resource people", "找人（1 行：筛选）"),
    ]


def test_page_reveals_for_a_purpose_only(rows, client, people):
    client.force_login(people["handler"])
    url = reverse("datahub:rows", args=["people"])
    assert client.post(url, {"purpose": ""}).status_code == 400
    page = client.post(url, {"purpose": "核对"}).content.decode()
    assert id_number(1) in page
    assert AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED).purpose.startswith("核对")
    assert id_number(1) not in client.get(url).content.decode()
    client.force_login(people["granted"])
    assert client.post(url, {"purpose": "核对"}).status_code == 403


def test_pages_hold_every_row_once(rows, api):
    machine, seen, cursor = api("handler"), [], ""
    while True:
        given = {"size": 2, "cursor": cursor, "fields": "gender"}
        answer = machine.get("/api/v1/resources/people/rows/", given).data
        seen += [row["_id"] for row in answer["results"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"gender": "2"}, 2),
        ({"born_on": "1990年1月1日"}, 3),
        ({"born_on__gte": "1990-01-02"}, 0),
        ({"born_on__lte": "1990-01-01", "gender": "1"}, 1),
    ],
)
def test_filters_narrow_list_and_count_alike(rows, api, query, count):
    machine = api("handler")
    assert len(machine.get("/api/v1/resources/people/rows/", query).data["results"]) == count
    assert machine.get("/api/v1/resources/people/rows/count/", query).data["count"] == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"mobile": "13900000000"}, "mobile"),
        ({"id_no__gte": "3"}, "id_no__gte"),
        ({"other": "1"}, "other"),
        ({"_id": "1"}, "_id"),
        ({"gender__like": "1"}, "gender__like"),
        ({"born_on": "x"}, "born_on"),
        ({"fields": "gender,_id"}, "fields"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "9" * 20}, "cursor"),
        ({"size": "0"}, "size"),
        ({"gender\" = '1' OR \"name": "1"}, "gender\" = '1' OR \"name"),
    ],
)
def test_bad_query_is_refused_with_its_field(rows, api, query, field):
    answer = api("handler").get("/api/v1/resources/people/rows/", query)
    assert (answer.status_code, set(answer.data["fields"])) == (400, {field})


def test_points_and_numbers_of_a_row(rows, api):
    row = api("dispatcher").get("/api/v1/resources/shops/rows/").data["results"][0]
    assert (row["place"], row["capital"], row["staff"], row["is_open"]) == (
        [118.62, 32.02], "1.5", 3, True,
    )  # fmt: skip


def test_resource_without_columns_has_no_rows(rows, api, town):
    add_resource("bare", "空", town.departments["水务局"], "unconditional")
    assert Resource.objects.get(code="bare").schema is None
    answer = api("dispatcher").get("/api/v1/resources/bare/rows/")
    assert (answer.status_code, answer.data["results"]) == (200, [])
    assert api("dispatcher").get("/api/v1/resources/bare/rows/count/").data["count"] == 0


@given(st.sampled_from([one for one in P if one != P.NONE]), st.text(min_size=7, max_size=40))
def test_no_mask_shows_the_whole(personal, text):
    column = Column("a", "a", T.TEXT, personal=personal)
    covered = mask(column, text)
    assert covered != text or set(text) == {"*"}
    assert mask(column, None) is None
    assert mask(Column("a", "a"), text) == text
