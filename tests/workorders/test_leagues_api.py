"""League tables through the API: who may, bad requests, and the acts behind each figure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.models import User
from grids.services import appoint
from tests.refusals import refusal
from tests.workorders.test_leagues import MONDAY, act, exclude, live, register
from workorders.enums import Action, ClockKind
from workorders.models import TimeLimit, WorkOrder
from workorders.workflow.rates import RATES

URL = "/api/v1/leagues/"
ROWS = f"{URL}rows/"
MARCH = {"month": "2026-03"}


def read(client, **params):
    answer = client.get(URL, {**MARCH, **params})
    assert answer.status_code == 200, answer.data
    return answer.data


def figures(client, code, **params):
    return next(row for row in read(client, **params)["results"] if row["code"] == code)["figures"]


def pages(client, **params):
    rows, cursor = [], ""
    while True:
        answer = client.get(ROWS, {**MARCH, **params, "cursor": cursor, "size": 7})
        assert answer.status_code == 200, answer.data
        rows += answer.data["results"]
        cursor = answer.data["next_cursor"]
        if not cursor:
            return rows


def test_every_figure_equals_the_acts_behind_it(town, api):
    for _ in live(town, seed=5, hours=200):
        pass
    client = api("supervisor")
    compared = 0
    for by in ("department", "street"):
        table = read(client, by=by)
        rows = [*table["results"], {"code": "", "figures": table["total"]}]
        for row in rows:
            for rate in RATES:
                for part in ("numerator", "denominator"):
                    for side, assessed in (("all", "false"), ("assessed", "true")):
                        figure = row["figures"][rate.code][side][part]
                        if figure:
                            found = pages(
                                client, by=by, key=row["code"], rate=rate.code, part=part,
                                assessed=assessed,
                            )  # fmt: skip
                            assert amount(rate, part, found) == pytest.approx(figure)
                            assert assessed == "false" or not any(
                                one["is_excluded"] for one in found
                            )
                            compared += 1
    assert compared > 100


def amount(rate, part, acts):
    if (rate.code, part) == ("held", "numerator"):
        return sum(one["held_seconds"] for one in acts)
    basic = 0.9 if (rate.code, part) == ("satisfaction", "numerator") else 1
    return sum(basic if one["satisfaction"] == "basically_satisfied" else 1 for one in acts)


def closed_order(town, serial=1, *, days=1):
    order = register(town, serial)
    steps = [
        ("dispatcher", Action.ACCEPT, {}, 0),
        ("dispatcher", Action.DISPATCH, {"department": "城管局"}, 0),
        ("handler", Action.SIGN, {}, 0),
        ("handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}, days),
        ("supervisor", Action.PASS_CHECK, {}, days),
        ("clerk", Action.FOLLOW_UP,
         {"is_reached": True, "is_solved": True, "satisfaction": "basically_satisfied"}, days),
    ]  # fmt: skip
    for minute, (person, action, named, day) in enumerate(steps, start=1):
        act(town, order, person, action, MONDAY + timedelta(minutes=minute, days=day), **named)
    return order


def test_rates_of_one_order_worked_out_by_hand(town, api):
    closed_order(town)
    found = figures(api("supervisor"), "D2")
    values = {code: pair["all"]["value"] for code, pair in found.items()}
    assert values == {
        "on_time": 1, "closure": 1, "signing": 1, "extension": 0, "returns": 0, "rework": 0,
        "reopening": 0, "first_dispatch": None, "response": 0, "solution": 1, "satisfaction": 0.9,
        "in_grid": 0, "in_community": 0, "in_street": 0, "in_district": 1,
        # Signed and resolved in one department: Monday 10:02 to Tuesday 10:04.
        "held": 7 * 3600 + 120,
    }  # fmt: skip
    centre = figures(api("supervisor"), "D1")
    assert centre["first_dispatch"]["all"] == {"numerator": 1, "denominator": 1, "value": 1}


def test_order_without_a_deadline_is_neither_on_time_nor_late(town, api):
    TimeLimit.objects.filter(clock=ClockKind.RESOLUTION).delete()
    closed_order(town, days=25)
    found = figures(api("supervisor"), "D2")
    assert found["on_time"]["all"] == {"numerator": 0, "denominator": 0, "value": None}
    assert found["closure"]["all"] == {"numerator": 1, "denominator": 1, "value": 1}


def test_last_month_stays_as_it_was(town, api):
    order = closed_order(town)
    client = api("supervisor")
    before = read(client)
    act(town, order, "supervisor", Action.REOPEN, datetime(2026, 4, 7, 2, 0, tzinfo=UTC),
        reason="复发")  # fmt: skip
    exclude(order, datetime(2026, 4, 8, 2, 0, tzinfo=UTC))
    assert read(client) == before
    assert before["as_of"] == "2026-03-31T23:59:59.999999+08:00"
    later = figures(client, "D2", as_of="2026-04-09T00:00:00+08:00")
    assert later["closure"]["all"]["denominator"] == 1
    assert later["closure"]["assessed"] == {"numerator": 0, "denominator": 0, "value": None}
    assert figures(client, "D2", month="2026-04")["reopening"]["all"]["numerator"] == 1


def test_exclusion_taken_back_counts_again(town, api):
    order = closed_order(town)
    exclude(order, MONDAY + timedelta(days=2))
    exclude(order, MONDAY + timedelta(days=3), is_excluded=False)
    client = api("supervisor")
    excluded = figures(client, "D2", as_of="2026-03-04T18:00:00+08:00")
    assert (excluded["closure"]["all"]["numerator"],
            excluded["closure"]["assessed"]["numerator"]) == (1, 0)  # fmt: skip
    assert figures(client, "D2")["closure"]["assessed"]["numerator"] == 1


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({"month": "2026-13"}, {"month"}),
        ({"month": "March"}, {"month"}),
        ({"month": "2026-3"}, {"month"}),
        ({"month": "1999-12"}, {"month"}),
        ({"month": "2999-01"}, {"month"}),
        ({"month": "9999-12"}, {"month"}),
        ({"month": "2026-0\x00"}, {"month"}),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, {"as_of"}),
        ({"within": "\x00"}, {"within"}),
        ({"as_of": "2026-03-04T18:00:00"}, {"as_of"}),
        ({"as_of": "soon"}, {"as_of"}),
        ({"as_of": "2999-01-01T00:00:00+08:00"}, {"as_of"}),
        ({"as_of": "2026-02-27T00:00:00+08:00"}, {"as_of"}),
        ({"by": "person"}, {"by"}),
        ({"sort": "reports"}, {"sort"}),
        ({"month": "x", "as_of": "y", "by": "z"}, {"month", "as_of", "by"}),
    ],
)
def test_bad_request_names_its_fields(town, api, params, fields):
    assert refusal(api("supervisor").get(URL, {**MARCH, **params}), code="invalid") == fields


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({}, {"rate", "part"}),
        ({"rate": "reports", "part": "numerator"}, {"rate"}),
        ({"rate": "on_time", "part": "both"}, {"part"}),
        ({"rate": "on_time", "part": "numerator", "cursor": "x"}, {"cursor"}),
        ({"rate": "on_time", "part": "numerator", "size": "0"}, {"size"}),
    ],
)
def test_bad_request_for_acts_names_its_fields(town, api, params, fields):
    assert refusal(api("supervisor").get(ROWS, {**MARCH, **params})) == fields


@pytest.mark.parametrize(
    "person", ["dispatcher", "east", "west", "handler", "worker", "clerk", "supervisor", "leader"]
)
def test_tables_are_for_supervisors_and_leaders(town, api, person):
    wanted = 200 if person in ("supervisor", "leader") else 403
    client = api(person)
    assert client.get(URL, MARCH).status_code == wanted
    asked = {**MARCH, "rate": "on_time", "part": "numerator"}
    assert client.get(ROWS, asked).status_code == wanted


def test_reader_sees_their_own_areas_alone(town, api, appoint_supervisor):
    for serial in (1, 2, 3):  # every third lies in the west
        closed_order(town, serial)
    east = appoint_supervisor("东街")
    streets = read(east, by="street")["results"]
    assert [row["name"] for row in streets] == ["东街"]
    assert figures(east, "D2")["closure"]["all"]["numerator"] == 2
    assert len(read(east, by="grid")["results"]) == 4
    asked = {"by": "department", "key": "D2", "rate": "closure", "part": "numerator"}
    assert len(pages(east, **asked)) == 2
    for code in ("320111002", "320111", "nowhere"):
        params = {**MARCH, **asked, "by": "street", "key": code}
        assert refusal(east.get(ROWS, params), 404) == set()
        assert refusal(east.get(URL, {**MARCH, "within": code}), 404) == set()


def test_order_that_left_the_scope_counts_without_its_words(town, api, appoint_supervisor):
    order = closed_order(town)
    west = town.areas["西街1社区1格"]
    WorkOrder.objects.filter(pk=order.pk).update(
        street=west.parent.parent, community=west.parent, grid=west
    )
    asked = {"key": "D2", "rate": "closure", "part": "numerator"}
    (row,) = pages(appoint_supervisor("东街"), **asked)
    assert (row["number"], row["title"], row["action"]) == (None, None, "follow_up")
    (row,) = pages(api("supervisor"), **asked)
    assert row["number"] == order.number


def test_table_within_an_area(town, api):
    for serial in (1, 2, 3):
        closed_order(town, serial)
    client = api("supervisor")
    assert figures(client, "D2", within="320111002")["closure"]["all"]["numerator"] == 1
    grids = read(client, by="grid", within="320111001001")["results"]
    assert [row["code"] for row in grids] == ["320111001001001", "320111001001002"]


def test_sorting_goes_by_a_rate_never_by_a_count(town, api):
    closed_order(town, 1, days=20)
    closed_order(town, 3)
    client = api("supervisor")
    names = [row["name"] for row in read(client, by="street", sort="on_time")["results"]]
    assert names == ["西街", "东街"]
    names = [row["name"] for row in read(client, by="street", sort="held")["results"]]
    assert names == ["西街", "东街"]


def test_table_costs_the_same_for_one_order_and_three(town, api, query_count):
    client = api("supervisor")
    closed_order(town, 1)
    read(client)
    one = query_count(lambda: read(client))
    asked = {**MARCH, "rate": "closure", "part": "numerator"}
    one_row = query_count(lambda: client.get(ROWS, asked))
    for serial in (2, 3):
        closed_order(town, serial)
    assert query_count(lambda: read(client)) == one
    assert query_count(lambda: client.get(ROWS, asked)) == one_row


@pytest.fixture
def appoint_supervisor(town, api):
    """Give a client of a new supervisor of one area."""

    def appointed(area):
        user = User.objects.create(username=f"supervisor-{area}", name="演示督办员")
        appoint(user=user, role=Role.SUPERVISOR, starts_on=date(2026, 1, 1), area=town.areas[area])
        town.people[user.username] = user
        return api(user.username)

    return appointed
