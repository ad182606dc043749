"""The console's pages of the league tables."""

import re
from html import unescape

import pytest

from tests.workorders.test_leagues_api import closed_order

PAGE = "/console/leagues/"
MARCH = {"month": "2026-03"}
LINES = {"department": 2, "street": 2, "community": 4, "grid": 8}


def text_of(answer):
    return answer.content.decode()


def test_page_shows_the_rates_and_leads_to_their_acts(town, desk):
    order = closed_order(town)
    client = desk("supervisor")
    page = client.get(PAGE, MARCH)
    assert page.status_code == 200
    line = next(line for line in page.context["lines"] if line.name == "城管局")
    on_time = line.cells[0]
    assert (on_time.assessed.value, on_time.assessed.numerator, on_time.all.denominator) == (
        "100.0%", "1", "1",
    )  # fmt: skip
    links = [
        unescape(link)
        for link in re.findall(r'href="(/console/leagues/rows/\?[^"]*)"', text_of(page))
    ]
    assert len(links) == 4 * 5 * (len(page.context["lines"]) + 1)
    found = client.get(f"{PAGE}rows/?{on_time.assessed.numerator_query}")
    assert [row["order"].number for row in found.context["rows"]] == [order.number]
    assert f"?order={order.number}" in text_of(found)
    for link in links:
        assert client.get(link).status_code == 200


@pytest.mark.parametrize("group", ["time", "quality", "residents", "level", "nonsense"])
@pytest.mark.parametrize("by", ["department", "street", "community", "grid"])
def test_each_table_can_be_shown(town, desk, by, group):
    closed_order(town)
    page = desk("leader").get(PAGE, {**MARCH, "by": by, "group": group, "sort": "on_time"})
    assert page.status_code == 200
    assert (
        len(page.context["lines"]) == {"department": 2, "street": 2, "community": 4, "grid": 8}[by]
    )


def test_month_without_records_says_so(town, desk):
    page = desk("supervisor").get(PAGE, {"month": "2026-02"})
    assert page.context["lines"] == []
    assert "这个月还没有可以考核的办理记录" in text_of(page)


@pytest.mark.parametrize(
    ("name", "value"), [("month", "2026-13"), ("as_of", "gestern"), ("by", "x")]
)
def test_bad_address_is_told_beside_a_table(town, desk, name, value):
    page = desk("supervisor").get(PAGE, {name: value})
    assert page.status_code == 400
    assert set(page.context["problem"].fields) == {name}
    assert "notice--error" in text_of(page)


@pytest.mark.parametrize("person", ["dispatcher", "east", "handler", "worker", "clerk"])
def test_page_is_for_supervisors_and_leaders(town, desk, person):
    client = desk(person)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}rows/?rate=on_time&part=numerator").status_code == 403
    assert PAGE not in text_of(client.get("/console/"))


def test_console_leads_to_the_page(town, desk):
    assert f'href="{PAGE}"' in text_of(desk("supervisor").get("/console/"))


def test_strangers_must_sign_in(town, client):
    assert client.get(PAGE).status_code == 302
