"""Data given back to an area: exactly its rows by every way out, until its day, for its people."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.enums import RequestState as S
from datahub.models import SharingRequest
from datahub.services import end_due_sharing
from grids.models import Area, Post
from grids.selectors.tree import subtree_ids
from grids.services import end_post
from tests.datahub.checks import NAMES, add_table, fill
from tests.datahub.loading import id_number

ROWS = "/api/v1/resources/roll/rows/"
ASK = "/api/v1/resources/roll/requests/"
# Who reads what once 东街 is given its share: all, its share, or nothing (the answer).
READS = {
    "root": "all", "handler": "all", "reporter": "all", "east": "share", "west": 403,
    "dispatcher": 403, "leader": 403, "worker": 403, "other-handler": 403, "administrator": 403,
    "nobody": 404,
}  # fmt: skip


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def rows(town, people):
    """One row for each area by name and by code, and some that name none."""
    words = [
        *Area.objects.values_list("name", flat=True),
        *Area.objects.values_list("code", flat=True),
    ]
    words += [None, "东街 ", "东街%", "外地", "东"]
    return [
        {"no": f"R{n}", "id_no": id_number(n), "title": f"户{n}", "area": word, "amount": n % 3}
        for n, word in enumerate(words)
    ]


@pytest.fixture
def roll(town, rows):
    table = add_table("roll", town.departments["城管局"], "conditional")
    fill(table, rows)
    return table


def share_of(rows, area):
    """Find an area's rows by walking the tree."""
    beneath = Area.objects.filter(pk__in=subtree_ids(area))
    words = {word for pair in beneath.values_list("code", "name") for word in pair}
    return {row["no"] for row in rows if row["area"] in words}


def ask(api, town, name="east", area="东街", **changes):
    given = {
        "purpose": "社区走访核对", "ends_on": in_days(30).isoformat(),
        "area": town.areas[area].code,
        "area_column": "area", **changes,
    }  # fmt: skip
    return api(name).post(ASK, given, format="json")


def approve(api, uuid, days=10):
    url = f"/api/v1/sharing-requests/{uuid}/approve/"
    return api("handler").post(url, {"granted_until": in_days(days).isoformat()})


@pytest.fixture
def delivered(roll, api, town):
    def deliver(**changes):
        asked = ask(api, town, **changes)
        assert asked.status_code == 201, asked.data
        assert approve(api, asked.data["uuid"]).status_code == 200
        return asked.data["uuid"]

    return deliver


def sheet_of(answer):
    lines = list(
        csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())
    )
    return {line["编号"] for line in lines}


def read_all(machine, **given):
    found, cursor = [], ""
    while True:
        answer = machine.get(ROWS, {"size": 7, "cursor": cursor, **given})
        found += answer.data["results"]
        if not (cursor := answer.data["next_cursor"]):
            return found


@pytest.mark.parametrize("person", READS)
def test_every_way_out_gives_exactly_the_areas_rows(
    delivered, rows, town, api, client, people, person
):
    delivered()
    share, wanted, machine = share_of(rows, town.areas["东街"]), READS[person], api(person)
    assert 0 < len(share) < len(rows)
    client.force_login(people[person])
    page = client.get(reverse("datahub:rows", args=["roll"]))
    if isinstance(wanted, int):
        answers = [
            machine.get(ROWS),
            machine.get(f"{ROWS}count/"),
            machine.get(f"{ROWS}export/"),
            page,
        ]
        assert {answer.status_code for answer in answers} == {wanted}
        return
    expected = share if wanted == "share" else {row["no"] for row in rows}
    assert {row["no"] for row in read_all(machine)} == expected
    assert machine.get(f"{ROWS}count/").data["count"] == len(expected)
    assert sheet_of(machine.get(f"{ROWS}export/")) == expected
    text = page.content.decode()
    assert {row["no"] for row in rows if f"<td>{row['no']}</td>" in text} == expected
    for amount in "012":
        some = {row["no"] for row in rows if row["amount"] == int(amount)} & expected
        assert {row["no"] for row in read_all(machine, amount=amount)} == some
        assert machine.get(f"{ROWS}count/", {"amount": amount}).data["count"] == len(some)
        assert sheet_of(machine.get(f"{ROWS}export/", {"amount": amount})) == some
    other = [row for row in rows if row["no"] not in expected][:1]
    for row in other:
        assert machine.get(f"{ROWS}count/", {"no": row["no"]}).data["count"] == 0
        assert machine.get(f"{ROWS}count/", {"area": row["area"] or "x"}).data["count"] == 0


def test_only_the_columns_agreed_on_are_known(delivered, api, client, people):
    delivered(columns=["no", "area"])
    machine = api("east")
    assert set(machine.get(ROWS).data["results"][0]) == {"_id", "no", "area"}
    for given, field in (({"fields": "title"}, "fields"), ({"title": "户1"}, "title"),
                         ({"amount__gte": "0"}, "amount__gte")):  # fmt: skip
        for way in ("", "export/"):
            answer = machine.get(f"{ROWS}{way}", given)
            assert (answer.status_code, set(answer.data["fields"])) == (400, {field})
    assert machine.get(f"{ROWS}count/", {"amount": "1"}).status_code == 400
    client.force_login(people["east"])
    page = client.get(reverse("datahub:rows", args=["roll"])).content.decode()
    assert "户1" not in page
    assert len(api("handler").get(ROWS).data["results"][0]) == 1 + len(NAMES)


def test_personal_columns_are_masked_and_shown_only_where_agreed(
    delivered, rows, town, api, people
):
    uuid = delivered()
    url = f"{ROWS}reveal/"
    assert api("east").post(url, {"purpose": "核对"}).status_code == 403
    api("handler").post(f"/api/v1/sharing-requests/{uuid}/revoke/", {"reason": "改"})
    uuid = delivered(is_personal=True)
    share = share_of(rows, town.areas["东街"])
    shown = api("east").post(url, {"purpose": "核对", "size": 200})
    assert {row["id_no"] for row in shown.data["results"]} == {
        row["id_no"] for row in rows if row["no"] in share
    }
    conditions = {"id_no": next(row["id_no"] for row in rows if row["no"] not in share)}
    hidden = api("east").post(url, {"purpose": "核对", "conditions": conditions}, format="json")
    assert hidden.data["results"] == []
    masked = {row["id_no"] for row in read_all(api("east"))}
    assert not masked & {row["id_no"] for row in rows}
    area = town.areas["东街"].pk
    logged = AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED, user=people["east"])
    assert {one.purpose[:30].startswith(f"（数据返还 #{area}）核对") for one in logged} == {True}
    assert logged.count() == 2
    assert api("west").post(url, {"purpose": "核对"}).status_code == 403


def test_ends_by_itself_with_its_day(delivered, api):
    delivered()
    SharingRequest.objects.update(granted_until=in_days(-1))
    for way in ("", "count/", "export/"):
        answer = api("east").get(f"{ROWS}{way}")
        assert answer.status_code == 403
    refused = api("east").get(ROWS)
    assert (refused.data["code"], SharingRequest.objects.get().state) == ("grant_ended", S.ENDED)


def test_ends_when_nobody_reads(delivered):
    delivered()
    SharingRequest.objects.update(granted_until=in_days(-1))
    assert [end_due_sharing(at=timezone.now()) for _ in range(2)] == [1, 0]


def test_revoked_delivery_is_closed_at_once(delivered, api):
    uuid = delivered()
    assert api("east").get(ROWS).status_code == 200
    api("handler").post(f"/api/v1/sharing-requests/{uuid}/revoke/", {"reason": "不再需要"})
    assert api("east").get(ROWS).data["code"] == "grant_ended"


def test_it_stays_with_the_area_when_its_asker_leaves(delivered, api, people, town):
    delivered()
    post = Post.objects.get(user=people["east"])
    Post.objects.create(
        user=people["leader"], role=post.role, area=post.area, starts_on=in_days(-1)
    )
    end_post(post=post, ends_on=in_days(-1))
    assert end_due_sharing(at=timezone.now()) == 0
    assert api("east").get(ROWS).status_code in (403, 404)
    assert api("leader").get(ROWS).status_code == 200


def test_owner_and_area_see_the_agreement_and_others_do_not(delivered, api, client, people):
    uuid = delivered(columns=["no", "area"])
    for name, status in (("handler", 200), ("east", 200), ("west", 404), ("dispatcher", 404)):
        client.force_login(people[name])
        page = client.get(reverse("datahub:request", args=[uuid]))
        assert page.status_code == status
        if status == 200:
            assert "由东街在岗人员共用" in page.content.decode()
    known = api("handler").get(f"/api/v1/sharing-requests/{uuid}/").data
    assert (known["area_column"], known["columns"]) == ("area", ["no", "area"])


def test_no_right_to_all_rows_is_written(delivered, people, roll):
    delivered(is_personal=True)
    rights = [people["east"].has_perm(f"datahub.{name}", roll)
              for name in ("view_rows", "view_personal_rows")]  # fmt: skip
    assert rights == [False, False]


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("east", {"area": "西街"}, "area"), ("west", {}, "area"), ("dispatcher", {}, "area"),
        ("dispatcher", {"area": "区"}, "area"), ("east", {"area": "东街1社区1格"}, "area"),
        ("east", {"area_column": "nowhere"}, "area_column"),
        ("east", {"area_column": "amount"}, "area_column"),
        ("east", {"area_column": ""}, "area_column"),
        ("east", {"columns": ["no", "secret"]}, "columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_back(roll, api, town, name, changes, field):
    answer = ask(api, town, name, **changes)
    assert (answer.status_code, set(answer.data["fields"])) == (400, {field})
    assert SharingRequest.objects.count() == 0


def test_unknown_area_and_a_second_request_are_refused(delivered, api, town):
    given = {"purpose": "x", "ends_on": in_days(3).isoformat(), "area_column": "area"}
    answer = api("east").post(ASK, {**given, "area": "000"}, format="json")
    assert (answer.status_code, set(answer.data["fields"])) == (400, {"area"})
    delivered()
    assert ask(api, town).data["code"] == "has_right"


def test_column_that_is_gone_lets_nothing_through(delivered, api):
    delivered()
    SharingRequest.objects.update(area_column="was_there")
    assert api("east").get(ROWS).data["results"] == []
    assert api("east").get(f"{ROWS}count/").data["count"] == 0


def test_page_asks_for_an_areas_share(roll, client, people, town):
    client.force_login(people["east"])
    page = client.get(reverse("datahub:resource", args=["roll"])).content.decode()
    assert "只要东街，返还共用" in page
    assert "只要西街" not in page
    given = {"purpose": "走访", "ends_on": in_days(5).isoformat(), "area": town.areas["东街"].code}
    url = reverse("datahub:ask-for", args=["roll"])
    bad = client.post(url, {**given, "area_column": "amount"})
    assert (bad.status_code, "须为写有区域编码" in bad.content.decode()) == (400, True)
    done = client.post(url, {**given, "area_column": "area", "columns": ["no", "title"]})
    assert (done.status_code, SharingRequest.objects.get().columns) == (302, ["no", "title"])
