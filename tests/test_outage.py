"""While the database is away every address says so, and asks to come back."""

from threading import Thread

import pytest
from django.db import connection
from django.test import Client

NOBODY_LISTENS = "9"


def without_database(ask):
    """Ask in a thread whose own connection leads to a closed port."""
    answers = []

    def run():
        connection.settings_dict = {**connection.settings_dict, "PORT": NOBODY_LISTENS}
        answers.append(ask(Client(raise_request_exception=False)))

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/v1/orders/"),
        ("post", "/api/v1/orders/20260302-000001/accept/"),
        ("post", "/api/v1/intake/hotline/"),
        ("post", "/api/v1/token/"),
    ],
)
def test_api_is_unavailable_in_its_own_shape(db, method, path):
    body = {"username": "演示", "password": "x"}
    answer = without_database(
        lambda client: getattr(client, method)(
            path, body, content_type="application/json", HTTP_AUTHORIZATION="Token x"
        )
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json() == {
        "detail": "系统暂时无法使用，请稍后再试。", "code": "unavailable", "fields": {},
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/console/", "/m/", "/", "/track/"])
def test_page_is_unavailable_in_plain_words(db, path):
    def ask(client):
        client.cookies["sessionid"] = "x" * 32
        return client.get(path)

    answer = without_database(ask)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "系统暂时无法使用，请稍后再试。" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
