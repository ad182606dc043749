"""Findings: what each person is given by every way out, against a reference written by hand."""

import csv

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.enums import FindingState as S
from datahub.models import CrossCheck, Finding
from datahub.services import run_cross_check
from tests.datahub.checks import AT, add_table, both, fill
from tests.datahub.loading import id_number
from tests.town import EAST_POINT, WEST_POINT

EAST, WEST, NOWHERE = id_number(1), id_number(2), id_number(3)
ALL = {EAST, WEST, NOWHERE}
# Who sees which findings; None: not even that there is such a check. 城管局 owns the one that is
# shared on conditions; the dispatchers and `granted` hold a grant on it.
SEES = {
    "root": ALL, "handler": ALL, "reporter": ALL, "dispatcher": ALL, "east": {EAST},
    "west": {WEST}, "granted": set(), "worker": None, "other-handler": None, "leader": None,
    "administrator": None, "nobody": None,
}  # fmt: skip
DISMISSES = {"root": ALL, "handler": ALL, "dispatcher": ALL, "east": {EAST}, "west": {WEST}}
REVEALS = {"root"}
API = "/api/v1/cross-checks/"
MASKED = {"3201" + 12 * "*" + number[-2:]: number for number in ALL}


@pytest.fixture
def check(town, people):
    owner, other = town.departments["城管局"], town.departments["水务局"]
    alive, dead = add_table("alive", owner, "conditional"), add_table("dead", other)
    for name in ("dispatcher", "east", "west", "granted"):
        assign_perm("view_rows", people[name], alive)
    assign_perm("view_rows", people["granted"], dead)
    fill(alive, [
        {"id_no": EAST, "title": "演示甲", "place": (EAST_POINT["lon"], EAST_POINT["lat"])},
        {"id_no": WEST, "title": "演示乙", "place": (WEST_POINT["lon"], WEST_POINT["lat"])},
        {"id_no": NOWHERE, "title": "演示丙"},
    ])  # fmt: skip
    fill(dead, [{"id_no": number} for number in sorted(ALL)])
    key = {"key_column": "id_no"}
    check = both("dead", (alive, {**key, "place_column": "place"}), (dead, key))
    run_cross_check(check=check, at=AT)
    return check


@pytest.fixture
def public_check(check, town):
    """A check that tells of no person: its findings may be searched."""
    one = add_table("one", town.departments["水务局"])
    two = add_table("two", town.departments["水务局"])
    rows = [
        {"no": "S1", "title": "=cmd", "place": (EAST_POINT["lon"], EAST_POINT["lat"])},
        {"no": "S2", "title": "演示店", "place": (WEST_POINT["lon"], WEST_POINT["lat"])},
    ]
    fill(one, rows)
    fill(two, rows)
    made = both("shops", (one, {"label_column": "title", "place_column": "place"}), (two, {}))
    run_cross_check(check=made, at=AT)
    return made


def found_in(text):
    """Name the findings that a text shows masked; none must be there unmasked."""
    assert [number for number in ALL if number in text] == []
    return {number for masked, number in MASKED.items() if masked in text}


@pytest.mark.parametrize("person", SEES)
def test_every_way_out_keeps_to_the_same_rule(check, people, api, client, person):
    machine, wanted = api(person), SEES[person]
    client.force_login(people[person])
    status = 404 if wanted is None else 200
    listed = [one["code"] for one in machine.get(API).data]
    page = client.get(reverse("datahub:checks")).content.decode()
    assert (listed, "比对dead" in page) == ([] if wanted is None else ["dead"], wanted is not None)
    base = f"{API}dead/findings/"
    answers = [machine.get(f"{API}dead/"), machine.get(base), machine.get(f"{base}count/"),
               machine.get(f"{base}map/"), machine.get(f"{base}export/"),
               client.get(reverse("datahub:check", args=["dead"]))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {status}
    if wanted is not None:
        _, rows, count, drawn, sheet, page = answers
        assert found_in(rows.content.decode()) == wanted
        assert found_in(b"".join(sheet.streaming_content).decode()) == wanted
        assert found_in(page.content.decode()) == wanted
        assert count.data["count"] == len(wanted)
        assert sum(one["properties"]["count"] for one in drawn.data["features"]) == len(
            wanted - {NOWHERE}
        )
        (standing,) = machine.get(API).data
        assert standing["counts"].get("open", 0) == len(wanted)
    for finding in Finding.objects.order_by("key"):
        one = 200 if wanted is not None and finding.key in wanted else 404
        detail = machine.get(f"{base}{finding.pk}/")
        page = client.get(reverse("datahub:finding", args=["dead", finding.pk]))
        assert (detail.status_code, page.status_code) == (one, one)
        found_in(detail.content.decode() + page.content.decode())
        reveal = machine.post(f"{base}{finding.pk}/reveal/", {"purpose": "核对"})
        expected = one if one == 404 or person in REVEALS else 403
        assert reveal.status_code == expected
        assert (finding.key in reveal.content.decode()) == (expected == 200)
        allowed = finding.key in DISMISSES.get(person, set())
        acted = machine.post(f"{base}{finding.pk}/dismiss/", {"reason": "核实无误"})
        assert acted.status_code == (one if one == 404 else 200 if allowed else 403)


def test_strangers_are_sent_away(check, client):
    pk = Finding.objects.first().pk
    for path in ("", "dead/", "dead/findings/", "dead/findings/export/", f"dead/findings/{pk}/"):
        assert client.get(f"{API}{path}").status_code == 401
    for name, args in (("checks", []), ("check", ["dead"]), ("finding", ["dead", pk])):
        assert client.get(reverse(f"datahub:{name}", args=args)).status_code == 302


def test_personal_keys_cannot_be_searched(check, api, client, people):
    for way in ("", "count/", "map/", "export/"):
        answer = api("dispatcher").get(f"{API}dead/findings/{way}", {"q": EAST[:6]})
        assert (answer.status_code, set(answer.data["fields"])) == (400, {"q"})
    client.force_login(people["dispatcher"])
    page = client.get(reverse("datahub:check", args=["dead"]), {"q": EAST})
    assert (page.status_code, "不能搜索" in page.content.decode()) == (400, True)


def test_search_and_filters_narrow_every_way_alike(public_check, api, town):
    machine = api("dispatcher")
    east = town.areas["东街"].code
    for given, keys in (
        ({"q": "S1"}, ["S1"]), ({"q": "演示"}, ["S2"]), ({"q": "%"}, []), ({"area": east}, ["S1"]),
        ({"area": "nowhere"}, []), ({"state": "gone"}, []), ({"state": "open"}, ["S2", "S1"]),
    ):  # fmt: skip
        base = f"{API}shops/findings/"
        rows = machine.get(base, given).data["results"]
        assert [one["key"] for one in rows] == keys, given
        assert machine.get(f"{base}count/", given).data["count"] == len(keys)
        assert len(machine.get(f"{base}map/", given).data["features"]) == len(keys)
        sheet = b"".join(machine.get(f"{base}export/", given).streaming_content).decode()
        assert [line[0] for line in csv.reader(sheet.splitlines()[1:])] == keys


def test_search_finds_nothing_of_another_area(public_check, api):
    assert api("west").get(f"{API}shops/findings/", {"q": "S1"}).data["results"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"state": "x"}, "state"), ({"size": "0"}, "size"), ({"cursor": "x"}, "cursor"),
     ({"area": "x" * 41}, "area")],
)  # fmt: skip
def test_bad_query_is_refused_with_its_field(public_check, api, given, field):
    answer = api("dispatcher").get(f"{API}shops/findings/", given)
    assert (answer.status_code, set(answer.data["fields"])) == (400, {field})


def test_pages_hold_every_finding_once(public_check, api, town):
    rows = [{"no": f"P{n:02d}"} for n in range(23)]
    for side in public_check.sides.all():
        fill(side.resource, rows)
    run_cross_check(check=public_check, at=AT)
    seen, cursor = [], ""
    while True:
        given = {"size": 5, "cursor": cursor, "state": "open"}
        answer = api("dispatcher").get(f"{API}shops/findings/", given).data
        seen += [one["key"] for one in answer["results"]]
        if not (cursor := answer["next_cursor"]):
            break
    assert sorted(seen) == [row["no"] for row in rows]


def test_spreadsheet_runs_no_cell(public_check, api, people):
    sheet = b"".join(api("east").get(f"{API}shops/findings/export/").streaming_content).decode()
    assert "'=cmd" in sheet
    logged = AccessLog.objects.get(kind=AccessKind.EXPORTED)
    assert (logged.user, logged.subject) == (people["east"], "cross-check shops")


def test_reveal_is_on_record_with_its_purpose(check, api, people):
    finding = Finding.objects.get(key=EAST)
    url = f"{API}dead/findings/{finding.pk}/reveal/"
    assert api("root").post(url, {"purpose": " "}).status_code == 400
    shown = api("root").post(url, {"purpose": "电话核实"}).data
    assert (shown["key"], [side["rows"][0]["id_no"] for side in shown["sides"]]) == (
        EAST,
        [EAST] * 2,
    )
    logged = AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED)
    assert (logged.user, logged.purpose) == (people["root"], f"电话核实（疑点 {finding.pk}）")


def test_page_dismisses_with_a_reason_and_restores(check, client, people):
    finding = Finding.objects.get(key=EAST)
    client.force_login(people["east"])
    url = reverse("datahub:finding-act", args=["dead", finding.pk, "dismiss"])
    assert client.post(url, {"reason": " "}).status_code == 400
    assert client.post(url, {"reason": "同名"}).status_code == 302
    again = client.post(url, {"reason": "再次"})
    assert (again.status_code, 'value="再次"' in again.content.decode()) == (409, False)
    page = client.get(reverse("datahub:finding", args=["dead", finding.pk])).content.decode()
    assert "同名（" in page
    client.post(reverse("datahub:finding-act", args=["dead", finding.pk, "restore"]))
    finding.refresh_from_db()
    assert (finding.state, finding.reason, finding.dismissed_by) == (S.OPEN, "", None)
    assert (
        client.post(reverse("datahub:finding-act", args=["dead", finding.pk, "x"])).status_code
        == 404
    )


def test_lists_cost_the_same_for_one_and_many(public_check, api, query_count):
    machine = api("dispatcher")
    machine.get(f"{API}shops/findings/")
    two = query_count(lambda: machine.get(f"{API}shops/findings/"))
    for side in public_check.sides.all():
        fill(side.resource, [{"no": f"P{n:02d}"} for n in range(9)])
    run_cross_check(check=public_check, at=AT)
    assert query_count(lambda: machine.get(f"{API}shops/findings/")) == two


def test_rule_that_fits_no_more_shows_nothing_unmasked(check, api, client, people):
    CrossCheck.objects.get().sides.update(key_column="gone")
    rows = api("dispatcher").get(f"{API}dead/findings/").data["results"]
    assert {one["key"] for one in rows} == {"***"}
    client.force_login(people["root"])
    pk = Finding.objects.get(key=EAST).pk
    assert client.get(reverse("datahub:finding", args=["dead", pk])).status_code == 200
    assert api("root").post(f"{API}dead/findings/{pk}/reveal/", {"purpose": "x"}).status_code == 403
