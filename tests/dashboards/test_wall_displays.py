"""Passes of screens: one wall, one address, reading only."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from dashboards.models import DisplayToken, Episode
from dashboards.services.displays import COOKIE, issue_display_token
from dashboards.services.listeners import read_topics
from tests.full_wall import hang_signs
from tests.walls import hang_bare_wall

OPEN_TO_A_SCREEN = (
    "/wall/district/",
    "/wall/district/table/",
    "/wall/district/domain-environment/",
    "/wall/district/indicators/domain-environment-1/",
    "/api/v1/walls/district/",
    "/api/v1/walls/district/grids/",
    "/api/v1/walls/district/outlines/",
    "/api/v1/walls/district/themes/domain-environment/",
    "/api/v1/walls/district/indicators/domain-environment-1/",
    "/api/v1/walls/district/indicators/domain-environment-1/rows/",
    "/api/v1/walls/district/playback/?from=2026-11-22T09:00:00%2B08:00",
)
CLOSED_TO_A_SCREEN = (
    ("/wall/east/", 404),
    ("/api/v1/walls/east/", 404),
    ("/api/v1/walls/east/themes/domain-environment/", 404),
    ("/api/v1/indicators/?area=320111", 401),
    ("/api/v1/orders/", 401),
    ("/api/v1/grids/areas/?level=grid", 401),
    ("/console/", 302),
    ("/wall/", 302),
    ("/reporting/", 302),
)


@pytest.fixture
def wall(town):
    hang_signs(area=town.areas["区"], at=timezone.now(), per_group=2)
    hang_bare_wall(town, area="东街", slug="east")
    return hang_bare_wall(town)


@pytest.fixture
def token(wall):
    return DisplayToken(wall=wall, name="一楼大厅左屏")


def open_screen(token, *, address="10.1.2.3"):
    """Open the address of a pass on a screen; give the screen and the answer."""
    secret = issue_display_token(token=token)
    screen = Client(REMOTE_ADDR=address)
    return screen, screen.get(f"/wall/{token.wall.slug}/?token={secret}")


def heard(screen, asked=(), *, address="10.1.2.3"):
    cookies = {name: morsel.value for name, morsel in screen.cookies.items()}
    scope = {"cookies": cookies, "client": (address, 1), "headers": []}
    return read_topics(scope, asked)


def test_secret_is_exchanged_for_a_cookie_and_leaves_the_address(token):
    _, answer = open_screen(token)
    assert (answer.status_code, answer["Location"]) == (302, "/wall/district/")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == 400 * 24 * 3600


@pytest.mark.parametrize("url", OPEN_TO_A_SCREEN)
def test_screen_reads_its_wall(token, url):
    screen, _ = open_screen(token)
    assert screen.get(url).status_code == 200


@pytest.mark.parametrize(("url", "status"), CLOSED_TO_A_SCREEN)
def test_screen_reads_nothing_else(token, url, status):
    screen, _ = open_screen(token)
    assert screen.get(url).status_code == status


def test_screen_acts_on_nothing(token):
    screen, _ = open_screen(token)
    episode = Episode.objects.filter(red_at__isnull=False).first()
    assert screen.post(f"/api/v1/episodes/{episode.pk}/acknowledge/").status_code == 401
    gathered = {"episodes": [episode.pk]}
    assert screen.post("/api/v1/episodes/acknowledge/", gathered).status_code == 401
    assert screen.post("/wall/district/").status_code == 405


def test_first_address_takes_the_pass_and_another_is_refused_on_record(token):
    screen, _ = open_screen(token)
    token.refresh_from_db()
    assert token.network == "10.1.2.3/32"
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    elsewhere.cookies = screen.cookies
    answer = elsewhere.get("/wall/district/")
    assert answer.status_code == 403
    assert "大屏令牌无效" in answer.content.decode()
    assert elsewhere.get("/api/v1/walls/district/").status_code == 401
    token.refresh_from_db()
    assert (token.refused_address, token.refused_at is not None) == ("10.9.9.9", True)


def test_secret_opened_elsewhere_is_refused(token):
    open_screen(token)
    token.network = "10.1.2.0/24"
    secret = issue_display_token(token=token)
    inside, outside = Client(REMOTE_ADDR="10.1.2.200"), Client(REMOTE_ADDR="10.1.3.1")
    assert outside.get(f"/wall/district/?token={secret}").status_code == 403
    assert inside.get(f"/wall/district/?token={secret}").status_code == 302


@pytest.mark.parametrize("secret", ["", "wrong", "\x00", "x" * 500])
def test_wrong_secret_is_refused(wall, client, secret):
    assert client.get("/wall/district/", {"token": secret}).status_code == 403


def test_secret_of_another_wall_is_refused(token):
    secret = issue_display_token(token=token)
    assert Client().get(f"/wall/east/?token={secret}").status_code == 403


@pytest.mark.parametrize("change", [{"is_active": False}, {"digest": "0" * 64}])
def test_pass_taken_back_or_issued_anew_ends_the_old_cookie(token, change):
    screen, _ = open_screen(token)
    DisplayToken.objects.update(**change)
    assert screen.get("/wall/district/").status_code == 403
    assert screen.get("/api/v1/walls/district/").status_code == 401
    assert heard(screen) is None


def test_cookie_made_by_hand_is_no_pass(wall, client):
    client.cookies[COOKIE] = "eyJwYXNzIjoxfQ:1:forged"
    assert client.get("/api/v1/walls/district/").status_code == 401
    assert client.get("/wall/district/").status_code == 403


def test_screen_hears_its_wall_and_nothing_else(town, token):
    screen, _ = open_screen(token)
    area, east = town.areas["区"].pk, town.areas["东街"].pk
    own = {f"wall:{area}", f"figures:{area}"}
    granted = heard(screen, [*own, f"wall:{east}", f"area:{area}", "*", "order:20260101-000001"])
    assert (granted.mine, granted.topics) == (own, own)
    assert heard(screen, address="10.9.9.9") is None


def test_numbers_alone_of_orders_are_read_by_a_screen(town, token, channel_api):
    channel_api("hotline", town.call())
    screen, _ = open_screen(token)
    sign = "domain-environment-2"
    url = f"/api/v1/walls/district/indicators/{sign}/rows/"
    assert screen.get(url).json()["is_counted"] is True
    assert all(set(row) == {"number", "state"} for row in screen.get(url).json()["rows"])


def test_person_who_signed_in_at_a_screen_goes_before_its_pass(town, token):
    screen, _ = open_screen(token)
    screen.force_login(town.people["leader"])
    assert screen.get("/wall/east/").status_code == 200


def test_last_use_is_noted_once_a_minute(token, query_count):
    screen, _ = open_screen(token)
    screen.get("/api/v1/walls/district/grids/")
    token.refresh_from_db()
    first = token.last_seen_at
    screen.get("/api/v1/walls/district/grids/")
    token.refresh_from_db()
    assert token.last_seen_at == first
    DisplayToken.objects.update(last_seen_at=first - timedelta(minutes=2))
    screen.get("/api/v1/walls/district/grids/")
    token.refresh_from_db()
    assert token.last_seen_at > first


def test_admin_shows_the_address_once(wall):
    boss = User.objects.create_superuser("boss", password="town-pass-2026", name="管理员")
    client = Client()
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    form = {"wall": wall.pk, "name": "左屏", "network": "10.1.2.7/24", "is_active": "on"}
    page = client.post("/admin/dashboards/displaytoken/add/", form).content.decode()
    address = page.split('<code id="address">')[1].split("</code>")[0]
    secret = address.partition("token=")[2]
    token = DisplayToken.objects.get()
    assert token.network == "10.1.2.0/24"
    assert (
        secret
        not in client.get(f"/admin/dashboards/displaytoken/{token.pk}/change/").content.decode()
    )
    screen = Client(REMOTE_ADDR="10.1.2.9")
    assert screen.get(f"/wall/district/?token={secret}").status_code == 302
    wrong = client.post("/admin/dashboards/displaytoken/add/", {**form, "network": "nowhere"})
    assert (wrong.status_code, DisplayToken.objects.count()) == (200, 1)
