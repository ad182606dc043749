"""An order on paper: masked for everybody, with the person only on record."""

import pytest
from django.test import Client

from accounts.models import AccessLog
from tests.workorders.console_page import act


@pytest.mark.parametrize("person", ["dispatcher", "east", "supervisor", "clerk"])
def test_paper_is_masked(desk, number, person):
    act(desk("dispatcher"), number, "remark", text="请回电13912345678")
    page = desk(person).get(f"/console/orders/{number}/print/").content.decode()
    assert ("139******00" in page, "139******78" in page) == (True, True)
    assert ("13900000000" in page, "13912345678" in page, "演示居民" in page) == (False,) * 3
    assert not AccessLog.objects.filter(kind="personal_viewed").exists()


def test_person_on_paper_is_on_record(desk, number):
    answer = desk("dispatcher").post(f"/console/orders/{number}/print/", {"purpose": "上门"})
    assert (answer.status_code, "13900000000" in answer.content.decode()) == (200, True)
    log = AccessLog.objects.get(kind="personal_viewed")
    assert (log.user.username, log.subject, log.purpose) == ("dispatcher", number, "打印：上门")


@pytest.mark.parametrize("purpose", ["", " ", "长" * 201, "\x00"])
def test_without_a_purpose_nobody_is_shown(desk, number, purpose):
    answer = desk("dispatcher").post(f"/console/orders/{number}/print/", {"purpose": purpose})
    assert (answer.status_code, "13900000000" in answer.content.decode()) == (422, False)
    assert not AccessLog.objects.filter(kind="personal_viewed").exists()


def test_only_those_entitled_print_the_person(desk, number):
    url = f"/console/orders/{number}/print/"
    answer = desk("supervisor").post(url, {"purpose": "看看"})
    assert (answer.status_code, b"13900000000" in answer.content) == (403, False)
    assert desk("west").get(url).status_code == 404
    assert desk("west").post(url, {"purpose": "x"}).status_code == 404
    assert Client().get(url).status_code == 302
