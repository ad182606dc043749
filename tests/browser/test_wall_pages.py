"""The pages behind the wall's first one: domains, themes, one indicator, keys, alarms, the past."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dashboards.models import Episode, FiguresMark, Indicator, Reading
from dashboards.services.telling import tell_untold
from tests.browser.conftest import wait_until
from tests.browser.screens import CLIPPED, SPILLED, open_wall, violations, wait_for_map
from tests.full_wall import hang_signs, stand
from tests.walls import hang_bare_wall

SIZES = [(1920, 1080), (3840, 2160)]
DOMAIN = "/wall/district/domain-environment/"
SIGN = "/wall/district/indicators/domain-public-service-8/"  # red
WHOLE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"


@pytest.fixture
def wall(town):
    hang_signs(area=town.areas["区"], at=timezone.now())
    return hang_bare_wall(town)


def hang_theme(town, count):
    """Hang a wall with so many indicators in each theme, and one sign in each domain."""
    now = timezone.now()
    hang_signs(area=town.areas["区"], at=now, per_group=1)
    hang_signs(area=town.areas["区"], at=now, per_group=count, kinds=("theme",))
    hang_bare_wall(town)


def ring(**changes):
    """Take the acknowledgement from one red episode, so that it sounds."""
    episode = Episode.objects.filter(red_at__isnull=False).order_by("pk").first()
    fresh = {"acknowledged_at": None, "acknowledged_label": "", **changes}
    Episode.objects.filter(pk=episode.pk).update(**fresh)
    return episode


def check_whole(page, size):
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SPILLED) == []
    assert page.evaluate(WHOLE) == list(size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [14, 18, 33, 60])
def test_a_page_of_any_size_fits_the_screen(live_site, town, visitor, size, count):
    hang_theme(town, count)
    path = "/wall/district/theme-environment/"
    page = open_wall(visitor(viewport=size), live_site, path=path)
    expect(page.locator(".sheet .tile")).to_have_count(count)
    check_whole(page, size)


def test_more_than_fit_are_turned_by_key(live_site, town, visitor):
    hang_theme(town, 70)
    page = open_wall(visitor(), live_site, path="/wall/district/theme-environment/")
    shown = "document.querySelectorAll('.sheet .tile:not(.is-turned)').length"
    expect(page.locator("[data-sheet-turn]")).to_have_text("第 1 / 2 屏")
    assert page.evaluate(shown) == 60
    page.keyboard.press("PageDown")
    expect(page.locator("[data-sheet-turn]")).to_have_text("第 2 / 2 屏")
    assert page.evaluate(shown) == 10


@pytest.mark.parametrize("size", SIZES)
def test_indicator_shows_its_course_and_fits(live_site, wall, visitor, size):
    page = open_wall(visitor(viewport=size), live_site, path=SIGN)
    expect(page.locator("[data-sign-word]")).to_have_text("告警")
    expect(page.locator("[data-chart] canvas")).to_have_count(1)
    expect(page.locator("[data-changes] li")).to_have_count(1)
    states = page.locator(".day__part").evaluate_all("all => all.map((one) => one.dataset.state)")
    assert states == ["normal", "red"]
    check_whole(page, size)


def test_indicator_leads_to_the_orders_behind_it(live_site, town, wall, channel_api, visitor):
    channel_api("hotline", town.call())
    path = "/wall/district/indicators/domain-environment-2/"
    sign = Indicator.objects.get(code="domain-environment-2")
    Indicator.objects.filter(pk=sign.pk).update(formula="count(open)")
    for street in ("东街", "西街"):
        stand(area=town.areas[street], signs=[sign], at=timezone.now())
    page = open_wall(visitor(), live_site, path=path)
    row = page.locator("[data-orders] tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("东街1社区1格")
    assert "演示居民" not in page.content()
    page.get_by_role("button", name="西街").click()
    expect(row).to_have_count(0)
    expect(page.locator("[data-orders-empty]")).to_have_text("没有您可查看的相关工单")


def test_keys_go_round_without_loading_a_new_document(live_site, wall, visitor):
    page = open_wall(visitor(), live_site)
    wait_for_map(page)
    page.evaluate("document.body.dataset.untouched = 'yes'")
    page.keyboard.press("5")
    expect(page).to_have_url(f"{live_site}{DOMAIN}")
    expect(page.locator(".sheet .tile")).to_have_count(14)
    expect(page.locator(".nav [aria-current=page]")).to_contain_text("生态环境")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{live_site}/wall/district/domain-economy/")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{live_site}/wall/district/")
    expect(page.locator(".board")).to_be_visible()
    page.locator("[data-tiles] .tile").first.click()
    expect(page.locator("[data-sign-value]")).not_to_have_text("–")
    page.go_back()
    expect(page.locator(".board")).to_be_visible()
    assert page.evaluate("document.body.dataset.untouched") == "yes"
    assert page.locator("main").count() == 1


def test_keys_fill_the_screen_and_show_help(live_site, wall, visitor):
    page = open_wall(visitor(), live_site)
    is_full = "document.fullscreenElement !== null"
    page.keyboard.press("f")
    wait_until(lambda: page.evaluate(is_full))
    page.keyboard.press("Escape")
    wait_until(lambda: not page.evaluate(is_full))
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_hidden()


def test_alarm_rings_until_it_is_acknowledged(live_site, wall, visitor):
    episode = ring()
    page = open_wall(visitor(), live_site)
    expect(page.locator("[data-alarm]")).to_be_visible()
    expect(page.locator("[data-alarm-name]")).to_have_text(episode.indicator.name)
    expect(page.locator("body")).to_have_attribute("data-sound", "ringing")
    page.keyboard.press("m")
    expect(page.locator("body")).to_have_attribute("data-sound", "muted")
    page.locator("[data-alarm-act]").click()
    expect(page.locator("[data-alarm]")).to_be_hidden()
    episode.refresh_from_db()
    assert episode.acknowledged_label == "leader"
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-sound", "muted")


def test_alarm_of_the_engine_comes_at_once(live_site, wall, visitor):
    page = open_wall(visitor(), live_site)
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")
    assert page.locator("[data-alarm]").is_hidden()
    mark, _ = FiguresMark.objects.get_or_create(pk=1)
    ring(revision=mark.revision + 1)
    FiguresMark.objects.update(revision=mark.revision + 1)
    tell_untold()
    expect(page.locator("[data-alarm]")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-sound", "ringing")


def test_alarm_of_a_street_rings_in_the_district_by_its_name(live_site, town, wall, visitor):
    page = open_wall(visitor(), live_site)
    expect(page.locator("[data-contact-word]")).to_have_text("实时连接")
    street, sign = town.areas["东街"], Indicator.objects.get(code="domain-public-service-8")
    mark, _ = FiguresMark.objects.get_or_create(pk=1)
    episode = Episode.objects.create(
        indicator=sign, area=street, began_at=timezone.now(), red_at=timezone.now(),
        worst_value=1, revision=mark.revision + 1,
    )  # fmt: skip
    FiguresMark.objects.update(revision=mark.revision + 1)
    tell_untold()
    expect(page.locator("[data-alarm-name]")).to_have_text(f"东街 · {sign.name}")
    page.locator("[data-alarm-act]").click()
    expect(page.locator("[data-alarm]")).to_be_hidden()
    episode.refresh_from_db()
    assert episode.acknowledged_label == "leader"


@pytest.mark.parametrize("path", ["/wall/district/", DOMAIN, SIGN])
def test_banner_of_an_alarm_leaves_everything_whole(live_site, wall, visitor, path):
    ring()
    page = open_wall(visitor(), live_site, path=path)
    expect(page.locator("[data-alarm]")).to_be_visible()
    check_whole(page, (1920, 1080))


def test_banner_lies_over_no_tile_of_a_full_page(live_site, town, visitor):
    hang_theme(town, 60)
    ring()
    page = open_wall(visitor(), live_site, path="/wall/district/theme-environment/")
    expect(page.locator("[data-alarm]")).to_be_visible()
    expect(page.locator(".sheet .tile")).to_have_count(60)
    check_whole(page, (1920, 1080))
    bottom = page.evaluate("document.querySelector('[data-alarm]').getBoundingClientRect().bottom")
    top = page.locator(".sheet .tile").first.bounding_box()["y"]
    assert bottom <= top


def test_past_hour_is_played_and_never_taken_for_now(live_site, town, wall, visitor):
    now = timezone.now()
    Reading.objects.filter(at__gte=now - timedelta(minutes=70)).delete()
    Reading.objects.update(state="normal")
    page = open_wall(visitor(), live_site)
    page.keyboard.press("p")
    expect(page.locator("[data-playback]")).to_be_visible()
    expect(page.locator(".playback__note")).to_have_text("非实时画面")
    expect(page.locator(".head__clock")).to_be_hidden()
    states = "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.state)"
    wait_until(lambda: set(page.evaluate(states)) == {"normal", "no_data"})
    page.keyboard.press("Escape")
    expect(page.locator("[data-playback]")).to_be_hidden()
    wait_until(lambda: {"red", "yellow"} < set(page.evaluate(states)))


@pytest.mark.parametrize("path", ["/wall/district/", DOMAIN, SIGN])
def test_phone_shows_the_pages_without_sideways_scroll(live_site, wall, visitor, path):
    ring()
    page = open_wall(visitor(viewport=(390, 844)), live_site, path=path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SPILLED) == []


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
@pytest.mark.parametrize("path", [DOMAIN, SIGN])
def test_pages_pass_the_accessibility_rules(live_site, wall, visitor, size, path):
    ring()
    page = open_wall(visitor(viewport=size), live_site, path=path)
    assert violations(page) == []


def test_text_passes_the_accessibility_rules(live_site, wall, visitor):
    page = open_wall(visitor(), live_site, path=SIGN)
    page.goto(f"{live_site}/wall/district/table/")
    assert violations(page) == []


@pytest.mark.parametrize(("variant", "size"), [("double", (3840, 1080)), ("triple", (5760, 1080))])
def test_joined_screens_show_more_tiles(live_site, wall, visitor, variant, size):
    wall.variant = variant
    wall.save(update_fields=["variant"])
    page = open_wall(visitor(viewport=size), live_site)
    tiles = {"double": 48, "triple": 72}[variant]
    expect(page.locator("[data-tiles] .tile")).to_have_count(tiles)
    check_whole(page, size)
