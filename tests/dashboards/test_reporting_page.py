"""The desk of those who report: what is due, what waits, and who may decide there."""

from datetime import timedelta

import pytest
import time_machine

from dashboards.enums import Source
from dashboards.models import ReportedValue
from tests.reports import EAST, NOON, URL, kept, report, reported_indicator, reports_page, row

PAGE = "/reporting/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def dust(town):
    return reported_indicator(town)


@pytest.fixture
def page(town, dust):
    return reports_page(town.people["reporter"])


def feeds(client):
    return {
        line["code"]: (line["value"], line["state"], line["quarantined"])
        for line in client.get("/api/v1/reports/").data["results"]
    }


def test_feeds_say_what_is_due(town, api, dust, noon):
    rate = reported_indicator(town, "rate", unit="%", plausible_high=1, interval_seconds=600)
    reported_indicator(town, "theirs", owner=town.departments["水务局"])
    reported_indicator(town, "counted", source=Source.CUBE, formula="count(open)")
    reported_indicator(town, "retired", is_active=False)
    client = api("reporter")
    assert feeds(client) == {"dust": (None, "missing", 0), "rate": (None, "missing", 0)}
    report(client, row(50, 2), row(60, 1, area=EAST), row(9999))
    report(client, row(98.5), url=f"/api/v1/indicators/{rate.code}/values/")
    assert feeds(client) == {"dust": (60, "in_time", 1), "rate": (98.5, "in_time", 0)}
    noon.shift(timedelta(seconds=601))
    assert feeds(client) == {"dust": (60, "due", 1), "rate": (98.5, "due", 0)}
    noon.shift(timedelta(seconds=600))
    assert feeds(client) == {"dust": (60, "missing", 1), "rate": (98.5, "due", 0)}
    assert feeds(api("other-reporter")) == {"theirs": (None, "missing", 0)}


@pytest.mark.parametrize("person", ["leader", "handler", "dispatcher", "worker"])
def test_nobody_else_has_feeds_or_a_page(town, api, dust, person):
    assert feeds(api(person)) == {}
    client = reports_page(town.people[person])
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}1/decide/", {"verdict": "accept"}).status_code == 404


def test_lists_cost_the_same_for_one_feed_and_three(town, api, page, query_count):
    client = api("reporter")
    report(client, row(9999))
    calls = (lambda: client.get("/api/v1/reports/"), lambda: page.get(PAGE))
    before = [query_count(call) for call in calls]
    for code in ("b", "c"):
        reported_indicator(town, code)
        report(client, row(9999), row(50, 1), url=f"/api/v1/indicators/{code}/values/")
    assert [query_count(call) for call in calls] == before


def test_page_shows_feeds_and_doubts(api, page):
    report(api("reporter"), row(50, 5), row(9999))
    text = page.get(PAGE).content.decode()
    shown = ("扬尘", "50 µg/m³", "9999 µg/m³", "高于合理上限 2000µg/m³", "1 条待核", "5 分钟")
    assert [words for words in shown if words not in text] == []


def test_page_without_feeds_says_what_to_do(town):
    text = reports_page(town.people["reporter"]).get(PAGE).content.decode()
    assert "没有由本单位报送的指标" in text


@pytest.mark.parametrize(("verdict", "status"), [("accept", "accepted"), ("reject", "rejected")])
def test_doubt_is_decided_once(town, api, page, verdict, status):
    pk = report(api("reporter"), row(9999))["results"][0]["id"]
    url = f"{PAGE}{pk}/decide/"
    answer = page.post(url, {"verdict": verdict})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert kept() == [(9999, status)]
    assert ReportedValue.objects.get().decided_by == town.people["reporter"]
    other = {"accept": "reject", "reject": "accept"}[verdict]
    answer = page.post(url, {"verdict": other})
    assert (answer.status_code, "无需核定" in answer.content.decode()) == (409, True)
    assert kept() == [(9999, status)]


@pytest.mark.parametrize("verdict", ["", "delete", "\x00"])
def test_unknown_verdict_decides_nothing(api, page, verdict):
    pk = report(api("reporter"), row(9999))["results"][0]["id"]
    assert page.post(f"{PAGE}{pk}/decide/", {"verdict": verdict}).status_code == 404
    assert kept() == [(9999, "quarantined")]


def test_other_department_decides_nothing(town, api, page):
    pk = report(api("reporter"), row(9999))["results"][0]["id"]
    other = reports_page(town.people["other-reporter"])
    assert other.get(PAGE).status_code == 200
    assert other.post(f"{PAGE}{pk}/decide/", {"verdict": "accept"}).status_code == 404
    assert other.post(f"{PAGE}{10**30}/decide/", {"verdict": "accept"}).status_code == 404
    assert kept() == [(9999, "quarantined")]


def test_reporter_is_sent_to_the_desk_after_signing_in(town, page):
    assert page.get("/home/")["Location"] == PAGE


def test_stranger_signs_in_first(client, dust):
    assert client.get(PAGE).status_code == 302
    assert client.get("/api/v1/reports/").status_code == 401
    assert client.get(URL).status_code == 401
