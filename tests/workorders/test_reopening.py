"""Closed, but not solved after all: a supervisor, or the resident through their own link."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.workorders.lives import Life
from workorders.enums import Action, ClockKind, State
from workorders.models import WorkOrder

REOPEN = Action.REOPEN


@pytest.fixture
def life(town, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    life = Life(town)
    life.close()
    return life


def reopened_and_closed(life, person):
    life.act(person, REOPEN, reason="又响了")
    life.act("handler", Action.RESOLVE, result="已处理", proof="有")
    life.act("supervisor", Action.PASS_CHECK)
    life.act("clerk", Action.FOLLOW_UP, is_reached=True, is_solved=True, satisfaction="satisfied")


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("supervisor", None), ("resident", None), ("dispatcher", ForbiddenError),
        ("handler", ForbiddenError), ("clerk", ForbiddenError), ("other-handler", NotFoundError),
    ],
)  # fmt: skip
def test_supervisor_or_resident_reopens(life, person, refusal):
    if refusal:
        with pytest.raises(refusal):
            life.act(person, REOPEN, reason="又响了")
        assert life.order.state == State.CLOSED
    else:
        order = life.act(person, REOPEN, reason="又响了")
        assert (order.state, order.department.name) == (State.HANDLING, "城管局")
        assert (order.closed_at, order.reopen_count) == (None, 1)
        assert life.clock(ClockKind.RESOLUTION).started_at == life.now


def test_reason_is_asked_of_everybody(life):
    for person in ("supervisor", "resident"):
        with pytest.raises(InvalidError) as refusal:
            life.act(person, REOPEN)
        assert list(refusal.value.fields) == ["reason"]


@pytest.mark.parametrize(("days", "is_open"), [(30, True), (31, False)])
def test_resident_has_thirty_days(life, days, is_open):
    at = life.order.closed_at + timedelta(days=days)
    if is_open:
        assert life.act("resident", REOPEN, at, reason="又响了").state == State.HANDLING
        return
    with pytest.raises(ConflictError) as refusal:
        life.act("resident", REOPEN, at, reason="又响了")
    assert refusal.value.code == "reopen_window"
    assert life.act("supervisor", REOPEN, at, reason="又响了").state == State.HANDLING


def test_resident_reopens_twice_and_a_supervisor_as_often_as_needed(life):
    reopened_and_closed(life, "supervisor")
    reopened_and_closed(life, "resident")
    reopened_and_closed(life, "resident")
    with pytest.raises(ConflictError) as refusal:
        life.act("resident", REOPEN, reason="又响了")
    assert refusal.value.code == "reopen_limit"
    assert life.act("supervisor", REOPEN, reason="又响了").reopen_count == 4


def test_what_nobody_handled_is_not_reopened(town):
    life = Life(town)
    life.act("dispatcher", Action.ANSWER, answer="已答复")
    with pytest.raises(ConflictError) as refusal:
        life.act("resident", REOPEN, reason="没答清楚")
    assert refusal.value.code == "never_dispatched"


def link(order):
    return f"/track/{order.number}/{order.tracking_code}/"


def reopen_button(client, order):
    return "要求重新办理" in client.get(link(order)).content.decode()


def test_residents_page_offers_it_once_the_order_is_closed(life, client):
    # The page asks at the present, long after the made-up Monday.
    WorkOrder.objects.update(closed_at=None)
    assert not reopen_button(client, life.order)
    WorkOrder.objects.update(closed_at=timezone.now())
    assert reopen_button(client, life.order)
    empty = client.post(f"{link(life.order)}reopen/", {"reason": " "})
    assert (empty.status_code, life.order.state) == (400, State.CLOSED)
    answer = client.post(f"{link(life.order)}reopen/", {"reason": "夜里又响了"})
    assert (answer.status_code, life.order.state) == (302, State.HANDLING)
    page = client.get(link(life.order)).content.decode()
    assert ("夜里又响了" in page, "要求重新办理" in page) == (True, False)
    again = client.post(f"{link(life.order)}reopen/", {"reason": "还响"})
    assert again.status_code == 409


def test_wrong_code_opens_and_tells_nothing(life, client):
    order = life.order
    WorkOrder.objects.update(is_confidential=True)
    answer = client.post(f"/track/{order.number}/{'A' * 16}/reopen/", {"reason": "又响了"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert (order.title in page, "城管局" in page, "已办结" in page) == (False, False, False)
    assert life.order.state == State.CLOSED


def test_residents_page_never_shows_what_is_internal(life, client):
    life.act("supervisor", Action.EXCLUDE, reason="内部考核说明")
    life.act("resident", REOPEN, reason="又响了")
    life.act("handler", Action.REQUEST_SUSPENSION, reason="内部材料未齐",
             until=life.now + timedelta(days=3))  # fmt: skip
    life.act("supervisor", Action.APPROVE, note="内部审批意见")
    page = client.get(link(life.order)).content.decode()
    assert "暂缓办理" in page
    internal = ("内部考核说明", "内部材料未齐", "内部审批意见")
    assert [words for words in internal if words in page] == []
