"""Departments report: what is taken, what waits, what is refused."""

import json
from datetime import UTC, timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dashboards.enums import Reach
from dashboards.models import IndicatorValue, ReportedValue
from dashboards.selectors.reported import newest_reported
from dashboards.services import refresh_figures
from tests.refusals import FUZZ, check_answer, json_values
from tests.reports import DISTRICT, EAST, GRID, NOON, URL, kept, report, reported_indicator, row

# Rows that are nearly right, so that the fuzz reaches the depths.
observations = st.fixed_dictionaries(
    {
        "at": st.datetimes(timezones=st.just(UTC)).map(str) | json_values,
        "value": st.integers() | st.floats(allow_nan=False, allow_infinity=False) | json_values,
    },
    optional={
        "area": st.sampled_from([DISTRICT, EAST, "x"]) | json_values,
        "unit": st.sampled_from(["µg/m³", "%", "1"]) | json_values,
        "correct": st.booleans() | json_values,
    },
)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def dust(town):
    return reported_indicator(town)


@pytest.fixture
def reporter(api, dust):
    return api("reporter")


def results(client, *rows, url=URL):
    return [line["result"] for line in report(client, *rows, url=url)["results"]]


def test_batch_is_kept_in_order(town, reporter, dust):
    answer = report(reporter, row(50, 10), row(60, 5, area=EAST), row(55, unit="μg/m³"))
    assert [line["index"] for line in answer["results"]] == [0, 1, 2]
    assert (answer["accepted"], answer["refused"]) == (3, 0)
    stored = ReportedValue.objects.get(pk=answer["results"][1]["id"])
    assert (stored.area, stored.value, stored.status) == (town.areas["东街"], 60, "accepted")
    assert (stored.reporter, stored.received_at) == (town.people["reporter"], NOON)
    assert newest_reported() == {
        (dust.pk, town.areas["区"].pk): (55, NOON),
        (dust.pk, town.areas["东街"].pk): (60, NOON - timedelta(minutes=5)),
    }


def test_repeat_changes_nothing(reporter):
    assert results(reporter, row(50), row(50)) == ["accepted", "unchanged"]
    before = ReportedValue.objects.values().get()
    answer = report(reporter, row(50.0))
    assert (answer["unchanged"], answer["results"][0]["status"]) == (1, "accepted")
    assert ReportedValue.objects.values().get() == before


def test_other_value_for_the_same_instant_is_refused(reporter):
    report(reporter, row(50))
    line = report(reporter, row(51))["results"][0]
    assert (line["result"], line["code"], line["id"]) == ("refused", "differs", None)
    assert kept() == [(50, "accepted")]


def test_correction_replaces_and_keeps_what_was(api, reporter):
    report(reporter, row(50))
    assert results(reporter, row(51, correct=True)) == ["accepted"]
    assert results(reporter, row(51, correct=True)) == ["unchanged"]
    assert results(reporter, row(52, correct=True)) == ["accepted"]
    listed = reporter.get(URL).data["results"]
    assert [line["value"] for line in listed] == [52]
    assert [(old["value"], old["status"], old["reporter"]) for old in listed[0]["earlier"]] == [
        (50, "accepted", "reporter"), (51, "accepted", "reporter"),
    ]  # fmt: skip


def test_correction_inside_one_batch(reporter):
    assert results(reporter, row(50), row(51), row(52, correct=True)) == [
        "accepted", "refused", "accepted",
    ]  # fmt: skip
    assert kept() == [(52, "accepted")]


def test_correction_is_not_held_against_what_it_corrects(reporter):
    report(reporter, *(row(50, minutes) for minutes in range(1, 6)))
    report(reporter, row(400))
    assert results(reporter, row(600, correct=True)) == ["quarantined"]
    assert ReportedValue.objects.get(at=NOON).earlier[0]["value"] == 400


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (None, "invalid"), (5, "invalid"), ([], "invalid"), ("x", "invalid"),
        ({}, "value"), ({"value": 5}, "at"), ({"at": NOON.isoformat()}, "value"),
        (row("5"), "value"), (row(True), "value"), (row(None), "value"), (row([5]), "value"),
        (row({"value": 5}), "value"), (row(10**400), "value"), (row(1e16), "value"),
        (row(-1e300), "value"), ({"at": 5, "value": 5}, "at"), ({"at": None, "value": 5}, "at"),
        ({"at": "yesterday", "value": 5}, "at"), ({"at": "", "value": 5}, "at"),
        ({"at": "2026-03-02T12:00:00", "value": 5}, "at"),
        ({"at": "2026-03-02", "value": 5}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00", "value": 5}, "at"),
        ({"at": "1999-12-31T00:00:00Z", "value": 5}, "too_old"),
        ({"at": "9999-12-31T23:59:59-12:00", "value": 5}, "at"),
        (row(5, -1.02), "future"), (row(5, -60 * 24), "future"),
        (row(5, area="999"), "area"), (row(5, area=GRID), "area"), (row(5, area=320111), "area"),
        (row(5, area="3" * 41), "area"), (row(5, area="\x00"), "area"),
        (row(5, unit="mg/m³"), "unit"), (row(5, unit="%"), "unit"), (row(5, unit=1), "unit"),
        (row(5, unit="1"), "unit"), (row(5, correct="true"), "correct"),
        (row(5, correct=1), "correct"), (row(5, correct=None), "correct"),
        (row(5, valeu=6), "unknown_field"), (row(5, **{"\x00": 1}), "unknown_field"),
    ],
)  # fmt: skip
def test_bad_row_blocks_no_other(reporter, bad, code):
    answer = report(reporter, row(50, 5), bad, row(51, 4))
    first, refused, last = answer["results"]
    assert (refused["index"], refused["result"], refused["code"]) == (1, "refused", code)
    assert refused["detail"]
    assert (first["result"], last["result"], answer["refused"]) == ("accepted", "accepted", 1)
    assert kept() == [(50, "accepted"), (51, "accepted")]


def test_a_minute_ahead_is_a_clock_and_no_future(reporter):
    assert results(reporter, row(5, -1)) == ["accepted"]


@pytest.mark.parametrize(
    "body",
    ["", "{}", '{"values": null}', '{"values": []}', '{"values": 5}', '{"values": {}}',
     '{"values": "x"}', json.dumps({"values": [row()] * 1001})],
)  # fmt: skip
def test_body_that_is_no_batch_names_its_field(reporter, body):
    answer = reporter.post(URL, body, content_type="application/json")
    assert (answer.status_code, answer.data["code"]) == (400, "invalid")
    assert list(answer.data["fields"]) == ["values"]


@pytest.mark.parametrize(
    "body",
    ["[]", "null", "{", '{"values": [{"at": "2026-03-02T12:00:00+08:00", "value": NaN}]}',
     '{"values": [{"value": Infinity}]}', '{"values": [{"value": -Infinity}]}',
     '{"values": ' + "[" * 100_000],
)  # fmt: skip
def test_body_that_is_no_json_is_refused(reporter, body):
    answer = reporter.post(URL, body, content_type="application/json")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["body"])
    assert kept() == []


def test_infinite_number_is_refused(reporter):
    body = f'{{"values": [{{"at": "{NOON.isoformat()}", "value": 1e999}}]}}'
    answer = reporter.post(URL, body, content_type="application/json")
    assert [line["code"] for line in answer.data["results"]] == ["value"]


def test_form_is_no_batch(reporter):
    assert reporter.post(URL, {"values": "x"}, format="multipart").status_code == 415


def test_thousand_rows_in_few_statements(reporter, query_count):
    report(reporter, row(50, 3000))  # what the reporter may do is in memory from now on
    one = query_count(lambda: report(reporter, row(50, 2000)))
    many = [row(50 + minutes % 7, minutes) for minutes in range(1000)]
    assert query_count(lambda: report(reporter, *many)) == one
    assert query_count(lambda: report(reporter, *many)) < one
    assert len(kept()) == 1002


class TestPercent:
    url = "/api/v1/indicators/rate/values/"

    @pytest.fixture(autouse=True)
    def rate(self, town):
        return reported_indicator(
            town, "rate", unit="%", precision=1, plausible_high=1, reach=Reach.DISTRICT
        )

    def test_numbers_are_percent_and_shares_say_so(self, api):
        client = api("reporter")
        rows = [row(98.5, 2), row(98.5, 1, unit="%"), row(0.985, 0, unit="1")]
        assert results(client, *rows, url=self.url) == ["accepted"] * 3
        assert kept() == [(0.985, "accepted")] * 3
        assert results(client, row(0.985, 2, unit="1"), url=self.url) == ["unchanged"]
        assert [line["value"] for line in client.get(self.url).data["results"]] == [98.5] * 3

    def test_more_than_all_is_doubted_in_percent(self, api):
        line = report(api("reporter"), row(101), url=self.url)["results"][0]
        assert (line["result"], line["code"]) == ("quarantined", "too_high")
        assert line["detail"] == "高于合理上限 100%"

    def test_area_below_the_reach_is_refused(self, api):
        line = report(api("reporter"), row(98, area=EAST), url=self.url)["results"][0]
        assert (line["code"], "报送到区" in line["detail"]) == ("area", True)


class TestQuarantine:
    @pytest.fixture
    def doubted(self, reporter):
        report(reporter, *(row(50, minutes) for minutes in range(1, 21)))
        return report(reporter, row(501))["results"][0]["id"]

    def test_doubtful_value_is_kept_and_not_used(self, reporter, dust, town, doubted):
        assert newest_reported(indicator_ids=[dust.pk]) == {
            (dust.pk, town.areas["区"].pk): (50, NOON - timedelta(minutes=1))
        }
        answer = reporter.get(URL, {"status": "quarantined"}).data["results"]
        assert [(line["id"], line["value"]) for line in answer] == [(doubted, 501)]
        assert answer[0]["reason"] == "与近期中位数 50µg/m³ 相差十倍以上"

    def test_repeat_of_it_is_told_to_be_in_quarantine(self, reporter, doubted):
        line = report(reporter, row(501))["results"][0]
        assert (line["result"], line["status"], line["id"]) == (
            "unchanged", "quarantined", doubted,
        )  # fmt: skip

    def test_bounds_hold_from_the_first_value(self, reporter):
        assert results(reporter, row(2001), row(-1, 1), row(2000, 2)) == [
            "quarantined", "quarantined", "accepted",
        ]  # fmt: skip

    def test_doubtful_values_do_not_become_the_habit(self, reporter, doubted):
        assert results(reporter, *(row(501, -n / 60) for n in range(1, 31))) == ["quarantined"] * 30

    def test_owner_accepts_once(self, town, reporter, dust, doubted):
        for _ in range(2):
            answer = reporter.post(f"{URL}{doubted}/accept/")
            assert (answer.status_code, answer.data["status"]) == (200, "accepted")
        stored = ReportedValue.objects.get(pk=doubted)
        assert (stored.decided_by, stored.decided_at) == (town.people["reporter"], NOON)
        assert newest_reported()[dust.pk, town.areas["区"].pk] == (501, NOON)
        answer = reporter.post(f"{URL}{doubted}/reject/")
        assert (answer.status_code, answer.data["code"]) == (409, "not_quarantined")

    def test_owner_rejects_and_reports_anew(self, reporter, doubted):
        assert reporter.post(f"{URL}{doubted}/reject/").data["status"] == "rejected"
        assert results(reporter, row(50.1)) == ["refused"]
        assert results(reporter, row(50.1, correct=True)) == ["accepted"]
        stored = ReportedValue.objects.get(pk=doubted)
        assert (stored.status, stored.decided_by, stored.earlier[0]["status"]) == (
            "accepted", None, "rejected",
        )  # fmt: skip

    def test_accepted_value_is_not_decided_on(self, reporter, doubted):
        pk = ReportedValue.objects.filter(status="accepted").first().pk
        assert reporter.post(f"{URL}{pk}/accept/").status_code == 409

    def test_value_of_another_indicator_is_not_found(self, town, reporter, doubted):
        reported_indicator(town, "other")
        for pk in (doubted, 10**30):
            answer = reporter.post(f"/api/v1/indicators/other/values/{pk}/accept/")
            assert (answer.status_code, answer.data["code"]) == (404, "not_found")


def test_older_than_the_newest_is_history(town, reporter, dust):
    answer = report(reporter, row(50, 10), row(51, 20), row(52, 5))
    assert [line["is_history"] for line in answer["results"]] == [False, True, False]
    assert report(reporter, row(53, 7))["results"][0]["is_history"] is True
    assert newest_reported()[dust.pk, town.areas["区"].pk] == (52, NOON - timedelta(minutes=5))


def test_department_that_stops_keeps_its_last_value_with_its_age(town, reporter, dust, noon):
    report(reporter, row(50))
    noon.shift(timedelta(hours=5))
    assert newest_reported() == {(dust.pk, town.areas["区"].pk): (50, NOON)}


def test_newest_is_read_for_what_is_asked(town, api, reporter, dust):
    other = reported_indicator(town, "other")
    report(reporter, row(50), row(60, area=EAST))
    report(reporter, row(70), url="/api/v1/indicators/other/values/")
    district, east = town.areas["区"].pk, town.areas["东街"].pk
    assert newest_reported(indicator_ids=[other.pk]) == {(other.pk, district): (70, NOON)}
    assert newest_reported(area_ids=[east]) == {(dust.pk, east): (60, NOON)}
    assert newest_reported(indicator_ids=[]) == {}


class TestList:
    def values(self, client, **query):
        answer = client.get(URL, query)
        assert answer.status_code == 200, answer.data
        return [line["value"] for line in answer.data["results"]]

    def test_filters(self, reporter):
        report(reporter, row(50, 10), row(60, 5, area=EAST), row(55), row(9999, 1))
        assert self.values(reporter) == [55, 9999, 60, 50]
        assert self.values(reporter, area=EAST) == [60]
        assert self.values(reporter, status="accepted") == [55, 60, 50]
        six = (NOON - timedelta(minutes=5)).isoformat()
        assert self.values(reporter, **{"from": six}) == [55, 9999, 60]
        assert self.values(reporter, to=six) == [50]

    def test_pages_join_without_a_gap(self, reporter):
        report(reporter, *(row(n, n, area=area) for n in range(1, 6) for area in (DISTRICT, EAST)))
        found, cursor = [], ""
        while True:
            page = reporter.get(URL, {"size": 3, "cursor": cursor}).data
            found += [(line["value"], line["area"]["code"]) for line in page["results"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(found) == len(set(found)) == 10
        assert [value for value, _ in found] == sorted(value for value, _ in found)

    def test_same_queries_for_one_and_three(self, reporter, query_count):
        report(reporter, row(50))
        one = query_count(lambda: reporter.get(URL))
        report(reporter, row(50, 1), row(50, 2, area=EAST))
        assert query_count(lambda: reporter.get(URL)) == one

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"from": "x"}, "from"), ({"to": "2026-03-02T12:00:00"}, "to"), ({"size": 0}, "size"),
            ({"size": 201}, "size"), ({"status": "x"}, "status"), ({"cursor": "x"}, "cursor"),
            ({"area": "9" * 21}, "area"), ({"area": "\x00"}, "area"),
        ],
    )  # fmt: skip
    def test_bad_query_names_its_field(self, reporter, query, field):
        answer = reporter.get(URL, query)
        assert (answer.status_code, list(answer.data["fields"])) == (400, [field])

    @pytest.mark.parametrize("area", ["999", GRID])
    def test_area_that_is_not_reported_is_not_found(self, reporter, area):
        assert reporter.get(URL, {"area": area}).status_code == 404


class TestFigures:
    """What the engine makes of reports."""

    @pytest.fixture
    def judged(self, town, noon):
        reported_indicator(
            town, "heat", thresholds=[{"yellow": 100, "red": 200}], interval_seconds=300
        )

        def judge(place="区"):
            refresh_figures(at=timezone.now())
            found = IndicatorValue.objects.get(indicator__code="heat", area=town.areas[place])
            return found.value, found.state

        return judge

    url = "/api/v1/indicators/heat/values/"

    def test_report_is_judged_at_the_next_look(self, api, judged):
        assert judged() == (None, "no_data")
        report(api("reporter"), row(50, 4), row(150, area=EAST), url=self.url)
        assert (judged(), judged("东街")) == ((50, "normal"), (150, "yellow"))
        report(api("reporter"), row(250, 5), row(120, 3), url=self.url)
        assert judged() == (120, "yellow")
        report(api("reporter"), row(90, 3, correct=True), url=self.url)
        assert judged() == (90, "normal")

    def test_quarantine_changes_nothing_until_it_is_accepted(self, api, judged):
        client = api("reporter")
        report(client, row(50, 4), url=self.url)
        doubted = report(client, row(2001), url=self.url)["results"][0]["id"]
        assert judged() == (50, "normal")
        client.post(f"{self.url}{doubted}/accept/")
        assert judged() == (2001, "red")

    def test_department_that_stops_is_no_data_after_three_intervals(self, api, judged, noon):
        report(api("reporter"), row(50), url=self.url)
        noon.shift(timedelta(seconds=899))
        assert judged() == (50, "normal")
        noon.shift(timedelta(seconds=1))
        assert judged() == (None, "no_data")
        late = {"at": timezone.now().isoformat(), "value": 55}
        report(api("reporter"), late, url=self.url)
        assert judged() == (55, "normal")


@FUZZ
@given(
    st.one_of(json_values, st.lists(observations, max_size=4).map(lambda rows: {"values": rows}))
)
def test_no_body_is_a_fault(reporter, body):
    answer = reporter.post(URL, json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 400)
    check_answer(answer)
    for line in answer.data.get("results", []):
        assert bool(line["code"]) == (line["result"] in ("refused", "quarantined"))
