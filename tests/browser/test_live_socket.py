"""The socket of a page in a real browser: the chip, the events, and reading again."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from dashboards.push import hub
from dashboards.push.bus import channel, client
from tests.browser.conftest import sign_in, wait_until

LISTEN = """() => {
    window.heard = [];
    for (const name of ["order", "figures", "live", "resync"]) {
        window.addEventListener(`yiwang:${name}`, (event) => {
            window.heard.push({ name, ...event.detail });
        });
    }
}"""


@pytest.fixture
def page(town, visitor, live_site, troubles):
    troubles.expect("net::ERR")  # what the phone keeps for later is cut off with the line
    page = visitor(viewport=(390, 844))
    sign_in(page, live_site, "worker")
    page.goto(f"{live_site}/m/report/")
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    page.evaluate(LISTEN)
    return page


def heard(page, *names):
    return page.evaluate("(names) => window.heard.filter((one) => names.includes(one.name))", names)


def test_act_reaches_the_page_as_an_event(page, town, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    wait_until(lambda: heard(page, "order"))
    events = heard(page, "order", "resync")
    assert [(one["number"], one["action"]) for one in events] == [(number, "register")]


def send_away():
    server = hub._hub
    for mailbox in list(server.mailboxes):
        server.loop.call_soon_threadsafe(mailbox.close, hub.TRY_AGAIN)


def test_topic_that_begins_anew_makes_the_page_read_again(page, town, channel_api):
    client().delete(f"{channel()}:area:{town.areas['东街1社区1格'].pk}")
    channel_api("hotline", town.call())
    wait_until(lambda: heard(page, "resync"))
    assert [one["reason"] for one in heard(page, "resync", "order")] == ["gap"]
    second = channel_api("hotline", town.call("T-2")).data["number"]
    wait_until(lambda: heard(page, "order"))
    assert [one["number"] for one in heard(page, "order")] == [second]


def test_page_comes_back_after_the_server_sent_it_away(page):
    send_away()
    wait_until(lambda: len(heard(page, "live")) == 2)
    assert [one["state"] for one in heard(page, "live")] == ["closed", "open"]
    expect(page.locator("[data-live-chip]")).to_have_text("已连接")
    # Nothing was said meanwhile, so there is nothing to read again.
    assert heard(page, "resync") == []


def test_page_that_comes_back_is_told_what_it_missed_and_nothing_twice(page, town, channel_api):
    first = channel_api("hotline", town.call()).data["number"]
    wait_until(lambda: heard(page, "order"))
    page.context.set_offline(True)
    send_away()
    wait_until(lambda: len(heard(page, "live")) == 1)
    missed = [channel_api("hotline", town.call(f"M-{n}")).data["number"] for n in range(3)]
    page.context.set_offline(False)
    wait_until(lambda: len(heard(page, "order")) == 4)
    last = channel_api("hotline", town.call("T-9")).data["number"]
    wait_until(lambda: len(heard(page, "order")) == 5)
    assert [one["number"] for one in heard(page, "order", "resync")] == [first, *missed, last]


def test_ended_session_is_told_and_not_tried_again(page, settings):
    settings.LIVE_RECHECK_SECONDS = 0.1
    send_away()
    wait_until(lambda: len(heard(page, "live")) == 2)
    Session.objects.all().delete()
    expect(page.locator("[data-live-chip]")).to_have_text("连接中断")
    assert heard(page, "live")[-1]["code"] == 4401
