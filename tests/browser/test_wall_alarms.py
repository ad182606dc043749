"""A flood of alarms on the wall: readable lines, one act for each, nothing hidden."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dashboards.models import DisplayToken, Episode, FiguresMark, Wall
from dashboards.services.displays import issue_display_token
from dashboards.services.telling import tell_untold
from tests.browser.conftest import wait_until
from tests.browser.screens import CLIPPED, IMPATIENT, SPILLED, open_wall, violations
from tests.flood import ALARMS, INDICATORS, flood
from tests.full_wall import hang_signs
from tests.walls import hang_bare_wall

SIZES = [(1920, 1080), (3840, 2160)]
LINES = "[data-alarms-lines] > li"
KEYS = "all => all.map((line) => line.dataset.key)"
COUNT_NOTES = """window.notes = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
        window.notes += 1;
        return make.call(this);
    };"""


@pytest.fixture
def alarms(town):
    return flood(town, at=timezone.now())


def open_list(page):
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")
    page.locator("body").press("l")
    expect(page.locator("[data-alarms]")).to_be_visible()
    return page.locator(LINES)


def tell(*episodes):
    """Store new alarms and tell the pages, as the engine does."""
    mark, _ = FiguresMark.objects.get_or_create(pk=1)
    FiguresMark.objects.update(revision=mark.revision + 1)
    for episode in episodes:
        episode.revision = mark.revision + 1
        episode.save()
    tell_untold()


@pytest.mark.parametrize("size", SIZES)
def test_flood_fits_the_screen_gathered(live_site, alarms, visitor, size):
    page = open_wall(visitor(viewport=size), live_site)
    expect(page.locator(".alarm__all")).to_have_text(f"全部 {ALARMS} 项")
    assert page.evaluate(CLIPPED) + page.evaluate(SPILLED) == []
    lines = open_list(page)
    expect(lines).to_have_count(INDICATORS)
    assert page.evaluate(CLIPPED) + page.evaluate(SPILLED) == []
    page.locator("[data-alarms-by=place]").click()
    expect(lines).to_have_count(len({alarm.area_id for alarm in alarms}))
    assert page.evaluate(CLIPPED) + page.evaluate(SPILLED) == []


def test_text_twin_gathers_as_the_list_does(live_site, alarms, visitor):
    page = open_wall(visitor(), live_site)
    keys = open_list(page).evaluate_all(KEYS)
    page.goto(f"{live_site}/wall/district/table/")
    table = page.locator("section[aria-labelledby=attention-title] table").last
    links = table.locator("tbody a").evaluate_all("all => all.map((link) => link.pathname)")
    assert links == [f"/wall/district/indicators/{key}/" for key in keys]


def test_one_act_takes_up_a_line_and_every_other_stays_where_it_is(live_site, alarms, visitor):
    page = open_wall(visitor(), live_site)
    lines = open_list(page)
    keys = lines.evaluate_all(KEYS)
    code = alarms[6].indicator.code
    line = lines.nth(keys.index(code))
    line.get_by_role("button").click()
    expect(line).to_contain_text("已无待确认")
    expect(page.locator("[data-alarms-total]")).to_have_text(
        f"{ALARMS - 4} 项 · {INDICATORS - 1} 个指标"
    )
    assert lines.evaluate_all(KEYS) == keys
    taken = Episode.objects.filter(acknowledged_label="leader", red_at__isnull=False)
    assert set(taken.values_list("indicator__code", flat=True)) == {code}
    assert taken.count() == 4


def test_alarm_that_comes_meanwhile_is_added_at_the_end_and_asks_anew(
    live_site, town, alarms, visitor
):
    page = open_wall(visitor(), live_site)
    lines = open_list(page)
    keys = lines.evaluate_all(KEYS)
    known = {alarm.indicator_id for alarm in alarms}
    fresh = Episode.objects.exclude(indicator__in=known).filter(red_at__isnull=False).first()
    fresh.acknowledged_at, fresh.acknowledged_label = None, ""
    tell(fresh)
    expect(lines).to_have_count(INDICATORS + 1)
    assert lines.evaluate_all(KEYS) == [*keys, fresh.indicator.code]
    lines.nth(0).get_by_role("button").click()
    expect(lines.nth(0)).to_contain_text("已无待确认")
    now = timezone.now()
    again = Episode(
        indicator=alarms[0].indicator, area=town.areas["西街"], began_at=now, red_at=now
    )
    tell(again)
    expect(lines.nth(0).get_by_role("button")).to_be_visible()
    again.refresh_from_db()
    assert again.acknowledged_at is None


def test_all_that_ended_is_taken_up_by_one_act(live_site, alarms, visitor):
    page = open_wall(visitor(), live_site)
    open_list(page)
    ended = [alarm.pk for alarm in alarms if alarm.ended_at]
    page.locator("[data-alarms-past]").click()
    expect(page.locator("[data-alarms-past]")).to_be_hidden()
    left = Episode.objects.filter(red_at__isnull=False, acknowledged_at=None)
    assert left.count() == ALARMS - len(ended)
    assert not left.exclude(ended_at=None).exists()


def test_list_closes_with_the_last_alarm(live_site, alarms, visitor):
    Episode.objects.exclude(pk__in=[alarm.pk for alarm in alarms[1:3]]).filter(
        red_at__isnull=False
    ).update(acknowledged_at=timezone.now(), acknowledged_label="演示领导")
    page = open_wall(visitor(), live_site)
    open_list(page).nth(0).get_by_role("button").click()
    expect(page.locator("[data-alarms]")).to_be_hidden()
    expect(page.locator("[data-alarm]")).to_be_hidden()
    expect(page.locator("body")).to_have_attribute("data-sound", "quiet")


def test_lost_contact_lies_over_the_list(live_site, alarms, visitor, troubles):
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    page = open_wall(visitor(), live_site, IMPATIENT)
    open_list(page)
    page.context.set_offline(True)
    expect(page.locator("[data-cover]")).to_be_visible()
    on_top = "document.elementFromPoint(innerWidth / 4, innerHeight / 2).closest('[data-cover]')"
    assert page.evaluate(f"{on_top} !== null") is True


def test_sound_becomes_seldom_and_is_at_once_again_for_a_new_alarm(live_site, alarms, visitor):
    page = visitor()
    page.clock.install()
    open_wall(page, live_site, COUNT_NOTES)
    expect(page.locator("body")).to_have_attribute("data-sound", "ringing")
    tones = lambda: page.evaluate("window.notes / 2")  # noqa: E731
    page.clock.run_for(60_000)
    at_first = tones()
    assert at_first >= 15
    page.clock.run_for(60_000)
    assert tones() - at_first <= 5
    before = tones()
    fresh = Episode.objects.exclude(pk__in=[alarm.pk for alarm in alarms])
    newest = fresh.filter(red_at__isnull=False).first()
    newest.acknowledged_at, newest.acknowledged_label = None, ""
    newest.red_at = timezone.now()
    tell(newest)
    expect(page.locator("[data-alarm-name]")).to_have_text(newest.indicator.name)
    assert tones() > before


def test_alarm_rings_and_stands_over_a_past_hour_too(live_site, town, visitor):
    hang_signs(area=town.areas["区"], at=timezone.now())
    hang_bare_wall(town)
    page = open_wall(visitor(), live_site, path="/wall/district/domain-environment/")
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")
    page.keyboard.press("p")
    expect(page.locator("[data-playback]")).to_be_visible()
    red = Episode.objects.filter(red_at__isnull=False).first()
    red.acknowledged_at, red.acknowledged_label = None, ""
    tell(red)
    expect(page.locator("[data-alarm-name]")).to_have_text(red.indicator.name)
    expect(page.locator("[data-alarm]")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-sound", "ringing")
    expect(page.locator("body")).to_have_class(re.compile("is-playing"))
    page.locator("[data-alarm-act]").click()
    expect(page.locator("[data-alarm]")).to_be_hidden()


def test_screen_without_a_person_lists_them_and_has_nothing_to_press(
    live_site, town, alarms, visitor
):
    token = DisplayToken(wall=Wall.objects.get(slug="district"), name="大厅")
    secret = issue_display_token(token=token)
    page = visitor()
    page.goto(f"{live_site}/wall/district/?token={secret}")
    expect(page.locator("[data-head-score]")).not_to_have_text("–")
    lines = open_list(page)
    expect(lines).to_have_count(INDICATORS)
    expect(page.locator(f"{LINES} button, [data-alarm-act], [data-alarms-past]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("[data-alarms]")).to_be_hidden()


def test_phone_takes_up_a_line_with_a_thumb(live_site, alarms, visitor):
    page = open_wall(visitor(viewport=(390, 844)), live_site)
    page.locator(".alarm__all").click()
    lines = page.locator(LINES)
    expect(lines).to_have_count(INDICATORS)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = """all => all.map((one) => one.getBoundingClientRect())
        .filter((box) => box.width && (box.height < 48 || box.width < 48)).length"""
    assert page.locator(".alarms button, .alarm button").evaluate_all(small) == 0
    lines.nth(1).get_by_role("button").click()
    expect(lines.nth(1)).to_contain_text("已无待确认")


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_list_passes_the_accessibility_rules(live_site, alarms, visitor, size):
    page = open_wall(visitor(viewport=size), live_site)
    page.locator(".alarm__all").click()
    expect(page.locator(LINES)).to_have_count(INDICATORS)
    assert violations(page) == []


def test_street_name_that_is_long_is_shortened_and_told_whole(live_site, alarms, visitor):
    page = open_wall(visitor(), live_site)
    name = page.locator("[data-streets] [data-part=name]").nth(3)
    wait_until(lambda: name.inner_text().endswith("…"))
    assert name.get_attribute("title").endswith("管理委员会街道")
