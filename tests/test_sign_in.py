"""Signing in: lock-out, cool-off, expiry, tokens, and what the access log keeps."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import AccessLog
from tests.town import PASSWORD
from workorders.models import Event

SIGN_IN = "/sign-in/"
TOKEN = "/api/v1/token/"
LIMIT = 5


def sign_in(client, username="east", password=PASSWORD, address="10.0.0.1"):
    return client.post(
        SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address
    )  # fmt: skip


def ask_token(username="east", password=PASSWORD, address="10.0.0.1"):
    return APIClient().post(
        TOKEN, {"username": username, "password": password}, REMOTE_ADDR=address
    )  # fmt: skip


def log(**conditions):
    rows = AccessLog.objects.filter(**conditions).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_password_is_kept_as_argon2(town):
    assert town.people["east"].password.startswith("argon2$argon2id$")


def test_fifth_wrong_password_locks_user_and_address(town, client):
    answers = [sign_in(client, password="wrong") for _ in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    right = sign_in(client)
    assert right.status_code == 429
    assert "15 分钟后再试" in right.content.decode()


def test_lock_out_is_for_that_user_at_that_address_only(town, client):
    for _ in range(LIMIT):
        sign_in(client, password="wrong")
    assert sign_in(client, username="west").status_code == 302
    assert sign_in(client, address="10.0.0.2").status_code == 302
    assert sign_in(client).status_code in (302, 429)


def test_lock_out_cools_off(town, client):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _ in range(LIMIT):
            sign_in(client, password="wrong")
    cool_off = settings.AXES_COOLOFF_TIME
    with time_machine.travel(now + cool_off - timedelta(seconds=1), tick=False):
        assert sign_in(client).status_code == 429
    with time_machine.travel(now + cool_off + timedelta(seconds=1), tick=False):
        assert sign_in(client).status_code == 302


def test_trying_on_during_the_lock_out_does_not_prolong_it(town, client):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _ in range(LIMIT):
            sign_in(client, password="wrong")
    with time_machine.travel(now + settings.AXES_COOLOFF_TIME / 2, tick=False):
        sign_in(client, password="wrong")
    later = now + settings.AXES_COOLOFF_TIME + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        assert sign_in(client).status_code == 302


def test_token_endpoint_counts_and_cannot_go_round_the_lock_out(town, client):
    answers = [ask_token(password="wrong") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert answers[0].json()["code"] == "credentials"
    assert [sign_in(client, password="wrong").status_code for _ in range(2)] == [200, 429]
    refused = ask_token()
    assert (refused.status_code, refused.json()["code"]) == (429, "locked_out")
    assert refused.json()["fields"] == {}
    assert AuthToken.objects.count() == 0
    assert ask_token(username="west").status_code == 200
    assert ask_token(address="10.0.0.2").status_code == 200


def test_admin_sign_in_counts_as_well(town, client):
    form = {"username": "east", "password": "wrong"}
    answers = [client.post("/admin/login/", form, REMOTE_ADDR="10.0.0.1") for _ in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize("enter", [sign_in, lambda client: ask_token()])
def test_success_forgives_the_tries_before_it(town, client, enter):
    for _ in range(LIMIT - 1):
        sign_in(client, password="wrong")
    enter(client)
    client.logout()
    assert sign_in(client, password="wrong").status_code == 200


def test_forged_forwarding_header_opens_no_second_address(town, client):
    form = {"username": "east", "password": "wrong"}
    for index in range(LIMIT):
        client.post(SIGN_IN, form, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.1.1.{index}")
    assert sign_in(client).status_code == 429


def test_behind_a_proxy_the_last_forwarded_address_counts(town, client, settings):
    settings.TRUSTED_PROXIES = 1
    form = {"username": "east", "password": "wrong"}
    for index in range(LIMIT):
        chain = f"1.1.1.{index}, 10.9.9.9"
        client.post(SIGN_IN, form, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=chain)
    assert log(kind="locked_out", address="10.9.9.9") == ["locked_out"]


@pytest.mark.parametrize("username", ["east", "nobody"])
def test_refusal_does_not_tell_whether_the_user_exists(town, username):
    answer = ask_token(username=username, password="wrong")
    assert (answer.status_code, answer.json()) == (
        401,
        {
            "detail": "账号或密码不正确。",
            "code": "credentials",
            "fields": {"password": ["账号或密码不正确"]},
        },
    )


def test_inactive_user_gets_neither_session_nor_token(town, client):
    user = town.people["east"]
    _, token = AuthToken.objects.create(user=user)
    sign_in(client)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert sign_in(client).status_code == 200
    assert ask_token().status_code == 401
    assert client.get("/api/v1/orders/").status_code == 401
    held = APIClient(HTTP_AUTHORIZATION=f"Token {token}").get("/api/v1/orders/")
    assert held.status_code == 401


def test_session_expires(town, client):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        sign_in(client)
        assert client.get("/api/v1/orders/").status_code == 200
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    with time_machine.travel(now + age - timedelta(seconds=1), tick=False):
        assert client.get("/api/v1/orders/").status_code == 200
    with time_machine.travel(now + age + timedelta(seconds=1), tick=False):
        assert client.get("/api/v1/orders/").status_code == 401


def test_token_expires(town):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        answer = ask_token().json()
    script = APIClient(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    with time_machine.travel(now + timedelta(hours=12, seconds=-1), tick=False):
        assert script.get("/api/v1/orders/").status_code == 200
    with time_machine.travel(now + timedelta(hours=12, seconds=1), tick=False):
        assert script.get("/api/v1/orders/").status_code == 401


def test_session_id_changes_at_sign_in(town, client):
    client.get(SIGN_IN)
    sign_in(client)
    first = client.cookies["sessionid"].value
    client.post("/sign-out/")
    sign_in(client)
    assert client.cookies["sessionid"].value != first
    assert client.cookies["sessionid"]["httponly"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": "", "password": ""},
        {"username": "a\x00b", "password": "x"},
        {"username": "x" * 5000, "password": "y" * 5000},
        {"username": ["east"], "password": {"a": 1}},
        {"username": "'; DROP TABLE accounts_user; --", "password": "<script>"},
        {"username": "😀", "password": "密码"},
    ],
)
def test_rubbish_is_refused_in_the_common_shape(town, form):
    answer = APIClient().post(TOKEN, form)
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"detail", "code", "fields"}
    assert answer.json()["fields"]
    assert APIClient().post(SIGN_IN, {"username": "a\x00b", "password": "x"}).status_code < 500


@pytest.mark.parametrize(
    "header", ["Token", "Token x y", "Token \x00", "Token 密码", "Token é", "Token " + "x" * 9000]
)
def test_broken_token_header_is_refused(town, header):
    raw = header.encode().decode("latin-1")
    answer = APIClient().get("/api/v1/orders/", HTTP_AUTHORIZATION=raw)
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_access_log_keeps_each_step(town, client, channel_api, api):
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/sign-out/")
    ask_token()
    assert log(username="east") == ["sign_in_failed", "sign_in", "sign_out", "token_issued"]
    assert set(AccessLog.objects.values_list("address", flat=True)) == {"10.0.0.1", "127.0.0.1"}
    number = channel_api("hotline", town.call()).data["number"]
    api("east").post(f"/api/v1/orders/{number}/reveal/", {"purpose": "回电"})
    row = AccessLog.objects.get(kind="personal_viewed")
    assert (row.username, row.subject, row.purpose) == ("east", number, "回电")


def test_lock_out_is_on_record(town, client):
    for _ in range(LIMIT):
        sign_in(client, password="wrong")
    assert log(username="east").count("locked_out") == 1
    assert log(username="east").count("sign_in_failed") == LIMIT


def test_reveal_without_the_right_is_refused_and_unlogged(town, channel_api, api):
    number = channel_api("hotline", town.call()).data["number"]
    answer = api("supervisor").post(f"/api/v1/orders/{number}/reveal/", {"purpose": "好奇"})
    assert (answer.status_code, answer.data["code"]) == (403, "forbidden")
    assert log(kind="personal_viewed") == []


@pytest.mark.parametrize("rows", [AccessLog, Event])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_history_is_append_only_at_the_database(town, client, channel_api, rows, change):
    sign_in(client)
    channel_api("hotline", town.call())
    row = rows.objects.order_by("pk").first()
    kept = rows.objects.filter(pk=row.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        kept.update(at=timezone.now()) if change == "update" else kept.delete()
    assert kept.get().at == row.at
