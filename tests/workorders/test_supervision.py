"""Supervision from above: levels, letters that must be answered, instructions, and the fall up."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from tests.refusals import refusal
from tests.workorders.console_page import act
from workorders.enums import Action, ClockKind, Deed, Reach
from workorders.models import (
    Clock,
    Escalation,
    Event,
    Notice,
    Rung,
    SupervisionLetter,
    WorkOrder,
)
from workorders.services import Actor, apply, fire_due
from workorders.worktime import LimitUnit

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 10:00
BODY = {"level": 1, "text": "请立即处理"}


@pytest.fixture
def sent(town, number):
    """An order that the city management office holds."""
    actor = Actor.from_user(town.people["dispatcher"])
    apply(number=number, action=Action.ACCEPT, actor=actor, at=MORNING)
    carried = {"department": town.departments["城管局"]}
    apply(number=number, action=Action.DISPATCH, actor=actor, at=MORNING, carried=carried)
    return number


def post(client, number, action, **body):
    return client.post(f"/api/v1/orders/{number}/{action}/", body, format="json")


def shown(client, number):
    return client.get(f"/console/orders/{number}/", headers={"HX-Request": "true"})


def order_of(number):
    return WorkOrder.objects.get(number=number)


def running(number):
    return Clock.objects.filter(
        order__number=number, kind=ClockKind.SUPERVISION, met_at__isnull=True
    )


def notices(number):
    rows = Notice.objects.filter(order__number=number).order_by("pk")
    return [(row.reach, row.deed) for row in rows]


def test_letter_starts_a_clock_and_its_answer_meets_it(api, sent):
    assert post(api("supervisor"), sent, "supervise", **BODY).status_code == 200
    letter = SupervisionLetter.objects.get()
    assert (letter.level, letter.text, letter.issued_by) == (1, "请立即处理", "supervisor")
    assert letter.due_at == running(sent).get().due_at
    assert notices(sent) == [("handler", "letter"), ("department_head", "letter")]
    detail = api("handler").get(f"/api/v1/orders/{sent}/").data
    assert detail["supervision_level"] == 1
    assert [row["answered_at"] for row in detail["letters"]] == [None]
    assert "answer_supervision" in detail["actions"]
    answer = post(api("handler"), sent, "answer_supervision", answer="已派人到场，电话13912345678")
    assert answer.status_code == 200
    letter.refresh_from_db()
    assert (letter.answered_by, letter.answered_at is not None) == ("handler", True)
    assert not running(sent).exists()
    event = Event.objects.get(action=Action.ANSWER_SUPERVISION)
    assert event.content == {"letters": 1, "met": {"supervision": True}}
    assert notices(sent)[-1] == ("district_supervisor", "")
    detail = api("handler").get(f"/api/v1/orders/{sent}/").data
    assert "answer_supervision" not in detail["actions"]
    assert "13912345678" not in str(detail)


def test_second_letter_shares_the_clock_and_one_answer_serves_both(api, sent):
    for level in (1, 2):
        post(api("supervisor"), sent, "supervise", level=level, text="请处理")
    assert running(sent).count() == 1
    assert len(set(SupervisionLetter.objects.values_list("due_at", flat=True))) == 1
    assert post(api("handler"), sent, "answer_supervision", answer="已办").status_code == 200
    assert SupervisionLetter.objects.filter(answered_at=None).count() == 0
    refused = post(api("handler"), sent, "answer_supervision", answer="再答")
    assert refusal(refused, 409, "no_letter") == set()


def test_without_a_letter_only_the_level_rises(api, sent):
    assert post(api("supervisor"), sent, "supervise", **BODY, is_letter=False).status_code == 200
    assert order_of(sent).supervision_level == 1
    assert not SupervisionLetter.objects.exists()
    assert not running(sent).exists()


def test_level_only_rises(api, sent):
    client = api("supervisor")
    assert post(client, sent, "supervise", level=2, text="x").status_code == 200
    assert refusal(post(client, sent, "supervise", level=1, text="x")) == {"level"}
    assert post(client, sent, "supervise", level=2, text="x").status_code == 200
    assert order_of(sent).supervision_level == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "x"}, "level"),
        ({"level": 0, "text": "x"}, "level"),
        ({"level": 4, "text": "x"}, "level"),
        ({"level": "高", "text": "x"}, "level"),
        ({"level": 1}, "text"),
        ({"level": 1, "text": " "}, "text"),
        ({"level": 1, "text": "x" * 4001}, "text"),
        ({"level": 1, "text": "x", "is_letter": "perhaps"}, "is_letter"),
    ],
)
def test_each_wrong_field_is_named(api, sent, body, field):
    before = Event.objects.count()
    assert refusal(post(api("supervisor"), sent, "supervise", **body)) == {field}
    assert (Event.objects.count(), order_of(sent).supervision_level) == (before, 0)


def test_letter_needs_somebody_to_answer_it(api, number):
    client = api("supervisor")
    assert refusal(post(client, number, "supervise", **BODY), 409, "no_holder") == set()
    assert post(client, number, "supervise", **BODY, is_letter=False).status_code == 200
    post(api("dispatcher"), number, "reject", reason="no_fact")
    refused = post(client, number, "supervise", level=2, text="x")
    assert refusal(refused, 409, "letter_on_ended") == set()
    assert not SupervisionLetter.objects.exists()


def test_instruction_reaches_holder_and_supervisors(api, sent, desk):
    assert post(api("leader"), sent, "instruct", text="请城管局当日办结").status_code == 200
    assert notices(sent) == [("handler", ""), ("district_supervisor", "")]
    pane = shown(desk("handler"), sent)
    assertContains(pane, "data-instruction")
    assertContains(pane, "请城管局当日办结")
    assert refusal(post(api("leader"), sent, "instruct", text="")) == {"text"}


def test_queue_of_unanswered_letters_counts_down(api, desk, sent):
    def counted(username):
        counters = desk(username).get("/console/").context["counters"]
        return {c.view.key: c.count for c in counters}.get("unanswered")

    assert counted("supervisor") == 0
    post(api("supervisor"), sent, "supervise", **BODY)
    assert (counted("supervisor"), counted("handler"), counted("other-handler")) == (1, 1, 0)
    rows = desk("supervisor").get("/console/queue/?view=unanswered").context["queue"].rows
    assert [row.order.number for row in rows] == [sent]
    post(api("handler"), sent, "answer_supervision", answer="已办")
    assert counted("supervisor") == 0


def test_console_offers_and_takes_the_acts(desk, sent):
    supervisor, handler, leader = desk("supervisor"), desk("handler"), desk("leader")
    pane = shown(supervisor, sent)
    assertContains(pane, 'data-act-open="supervise"')
    assertNotContains(shown(handler, sent), 'data-act-open="answer_supervision"')
    answer = act(supervisor, sent, "supervise", level="1", text="限今日办结", is_letter="true")
    assertContains(answer, "1 级督办函")
    assertContains(answer, "督办（1 级），发督办函，须限时回复")
    assertContains(shown(handler, sent), "待回复")
    assertContains(act(handler, sent, "answer_supervision", answer="已整改"), "已整改")
    assertContains(act(leader, sent, "instruct", text="务必到位"), "务必到位")
    assert act(supervisor, sent, "supervise", text="x").status_code == 422


# The notices of posts.


def told(client):
    return client.get("/api/v1/notices/").data["results"]


def test_notices_reach_the_posts_they_name_and_nobody_else(api, sent):
    post(api("supervisor"), sent, "supervise", **BODY)
    post(api("leader"), sent, "instruct", text="请办")
    people = ("handler", "supervisor", "other-handler", "west", "worker", "clerk", "leader")
    counts = {name: len(told(api(name))) for name in people}
    assert counts == {
        "handler": 2, "supervisor": 1, "other-handler": 0, "west": 0, "worker": 0, "clerk": 0,
        "leader": 0,
    }  # fmt: skip
    newest = told(api("handler"))[0]
    assert (newest["number"], newest["action"], newest["note"]) == (sent, "instruct", "请办")


def test_notices_of_an_order_that_moved_on_are_gone(town, api, sent):
    post(api("leader"), sent, "instruct", text="请办")
    assert len(told(api("handler"))) == 1
    apply(
        number=sent, action=Action.SEND_BACK, actor=Actor.from_user(town.people["handler"]),
        at=MORNING + timedelta(minutes=5), carried={"reason": "不属本单位"},
    )  # fmt: skip
    assert told(api("handler")) == []


def test_notices_come_in_pages(api, sent):
    for index in range(5):
        post(api("leader"), sent, "instruct", text=f"批示{index}")
    client, cursor, notes = api("handler"), "", []
    for _ in range(3):
        page = client.get("/api/v1/notices/", {"size": 2, "cursor": cursor}).data
        notes += [row["note"] for row in page["results"]]
        cursor = page["next_cursor"]
    assert notes == [f"批示{index}" for index in (4, 3, 2, 1, 0)]
    assert cursor == ""
    assert refusal(client.get("/api/v1/notices/", {"cursor": "rubbish"})) == {"cursor"}
    assert refusal(client.get("/api/v1/notices/", {"size": 0})) == {"size"}


def test_notices_need_a_sign_in(client, db):
    assert client.get("/api/v1/notices/").status_code == 401


def test_bell_lists_the_newest(desk, api, sent):
    post(api("leader"), sent, "instruct", text="请办")
    page = desk("handler").get("/console/notices/", HTTP_HX_REQUEST="true")
    assertContains(page, sent)
    assertNotContains(desk("west").get("/console/notices/", HTTP_HX_REQUEST="true"), sent)
    assert desk("handler").get("/console/notices/").status_code == 302


# What rungs do beyond marks.


def ladder(kind, deed, reach="", **when):
    return Rung.objects.create(clock=kind, deed=deed, reach=reach, is_urgent=True, **when)


def test_letter_of_a_rung_is_the_systems_and_starts_the_clock(town, sent):
    ladder(ClockKind.SIGNING, Deed.LETTER, Reach.DEPARTMENT_HEAD, share=100)
    due_at = Clock.objects.get(kind=ClockKind.SIGNING).due_at
    assert fire_due(at=due_at) == 2
    letter = SupervisionLetter.objects.get()
    assert (letter.issued_by, letter.level) == ("系统", 1)
    assert letter.due_at == running(sent).get().due_at
    assert order_of(sent).supervision_level == 1
    assert notices(sent)[0] == ("department_head", "letter")
    handler = Actor.from_user(town.people["handler"])
    apply(
        number=sent, action=Action.ANSWER_SUPERVISION, actor=handler,
        at=due_at + timedelta(minutes=1), carried={"answer": "已签收"},
    )  # fmt: skip
    assert fire_due(at=due_at + timedelta(minutes=2)) == 0
    actions = Event.objects.order_by("sequence").values_list("action", flat=True)
    assert list(actions)[-3:] == ["escalate", "supervise", "answer_supervision"]


def test_letter_that_nobody_answers_escalates(sent, api):
    ladder(ClockKind.SUPERVISION, Deed.RAISE, Reach.DISTRICT_LEADER, share=100)
    post(api("supervisor"), sent, "supervise", **BODY)
    clock = running(sent).get()
    Clock.objects.exclude(pk=clock.pk).delete()
    assert clock.next_rung_at == clock.due_at
    assert fire_due(at=clock.due_at) == 2
    assert order_of(sent).supervision_level == 2
    assert len(told(api("leader"))) == 1


def test_letter_rung_on_an_order_without_holder_tells_the_dispatcher(number, api):
    ladder(ClockKind.ACCEPTANCE, Deed.LETTER, Reach.HANDLER, share=100)
    Clock.objects.update(due_at=MORNING, next_rung_at=MORNING)
    assert fire_due(at=MORNING) == 2
    assert not SupervisionLetter.objects.exists()
    assert [len(told(api(name))) for name in ("dispatcher", "east", "west")] == [1, 1, 0]


def test_raised_level_ends_at_three(sent):
    for _ in range(5):
        ladder(ClockKind.SIGNING, Deed.RAISE, share=100)
    assert fire_due(at=Clock.objects.get(kind=ClockKind.SIGNING).due_at) == 6
    assert order_of(sent).supervision_level == 3


def test_order_that_nobody_signs_falls_up_level_by_level(town, number, api):
    """Known mistake: an order that nobody takes waits for ever. 一级为主，二级兜底."""
    ladder(ClockKind.SIGNING, Deed.FALL_UP, after_amount=2, after_unit=LimitUnit.WORKING_HOUR)
    actor = Actor.from_user(town.people["dispatcher"])
    apply(number=number, action=Action.ACCEPT, actor=actor, at=MORNING)
    carried = {"grid": town.areas["东街1社区1格"]}
    apply(number=number, action=Action.DISPATCH, actor=actor, at=MORNING, carried=carried)
    at, holders = MORNING, []
    while (clock := signing(number)) is not None and clock.next_rung_at is not None:
        at = clock.next_rung_at
        fire_due(at=at)
        order = order_of(number)
        holders.append((order.level, order.department and order.department.name))
    falls = Event.objects.filter(action=Action.PASS_UP)
    assert {(event.actor_kind, event.from_state, event.to_state) for event in falls} == {
        ("system", "dispatched", "dispatched")
    }
    levels = [level for level, _ in holders]
    assert levels == sorted(levels, reverse=True)
    assert holders[-1] == (1, "区中心")
    assert notices(number) == [("district_supervisor", "fall_up")]
    fired = Escalation.objects.filter(rung__deed=Deed.FALL_UP)
    assert fired.count() == falls.count() + 1


def signing(number):
    return Clock.objects.filter(
        order__number=number, kind=ClockKind.SIGNING, met_at__isnull=True
    ).first()
