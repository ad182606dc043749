"""Registering a call: who may, what is refused by which field, once only, and what is on record."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import AccessKind
from accounts.models import AccessLog
from workorders.enums import Nature, State
from workorders.models import CallDraft, Event, Reporter, WorkOrder
from workorders.services import Actor
from workorders.services.calls import (
    KEPT,
    MOST_DRAFTS,
    drop_old_drafts,
    keep_draft,
    rotate_draft_keys,
)

PAGE = "/console/register/"
EAST, WEST = "118.620000,32.020000", "118.520000,32.020000"
CALL = {
    "text": "东街一号门口井盖缺失，很危险",
    "name": "演示居民",
    "phone": "139 0000 0001",
    "pin": EAST,
    "nature": "complaint",
}
TAKERS = ("dispatcher", "east", "west")
OTHERS = ("handler", "worker", "clerk", "supervisor", "leader", "reporter")


@pytest.fixture
def take(desk):
    """Register a call as one of the town's people; give the answer."""

    def register(person="east", uuid=None, **changes):
        typed = {**CALL, "record_uuid": str(uuid or uuid4()), **changes}
        return desk(person).post(PAGE, typed, headers={"HX-Request": "true"})

    return register


def save(client, uuid, turn=1, **typed):
    return client.post(f"{PAGE}{uuid}/", {**typed, "turn": turn})


def faults(answer):
    return set(answer.context["problem"].fields)


@pytest.mark.parametrize("person", TAKERS)
def test_dispatcher_registers_a_call_by_the_one_way_in(take, town, person):
    uuid = uuid4()
    answer = take(person, uuid, category="noise", category_words="噪声扰民", urgency="urgent")
    assert answer.status_code == 200
    order = WorkOrder.objects.get()
    assertContains(answer, order.number)
    assertContains(answer, order.tracking_code)
    assert (order.channel.code, order.external_number) == ("hotline", str(uuid))
    assert (order.state, order.nature, order.urgency) == (State.REGISTERED, "complaint", "urgent")
    assert (order.category.code, order.grid.name) == ("noise", "东街1社区1格")
    assert (order.reporter.phone_masked, order.reporter.name_masked) == ("139******01", "演**")
    event = Event.objects.get()
    assert (event.action, event.actor) == ("register", town.people[person])
    # Who rings does not know whose street it is; the other street's dispatcher hands it over.
    is_mine = person != "west"
    assert answer.context["is_mine"] is is_mine
    assert (f"?order={order.number}" in answer.content.decode()) is is_mine


@pytest.mark.parametrize("person", OTHERS)
def test_others_take_no_calls(desk, take, person):
    client, uuid = desk(person), uuid4()
    assert client.get(PAGE).status_code == 403
    assert take(person, uuid).status_code == 403
    assert save(client, uuid, text="东街").status_code == 404
    assert client.post(f"{PAGE}{uuid}/drop/").status_code == 404
    assert client.post(f"{PAGE}caller/", {"phone": "13900000001"}).status_code == 404
    assert client.get(f"{PAGE}places/?q=东街").status_code == 404
    assertNotContains(client.get("/hub/"), PAGE)
    assert (WorkOrder.objects.count(), CallDraft.objects.count()) == (0, 0)
    assert AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).count() == 0


def test_stranger_is_sent_to_sign_in(db):
    for answer in (
        Client().get(PAGE),
        Client().post(PAGE, CALL),
        save(Client(), uuid4(), text="x"),
        Client().get(f"{PAGE}places/?q=东街"),
        Client().post(f"{PAGE}caller/", {"phone": "13900000001"}),
    ):
        assert (answer.status_code, answer.url[:9]) == (302, "/sign-in/")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   \x00\x07 "}, "text"),
        ({"text": "长" * 10_001}, "text"),
        ({"phone": "一三九"}, "phone"),
        ({"phone": "1" * 21}, "phone"),
        ({"phone": "139\x0000000001"}, "phone"),
        ({"name": "名" * 31}, "name"),
        ({"address": "址" * 201}, "address"),
        ({"pin": "", "grid": "nothing"}, "grid"),
        ({"pin": "", "grid": "320111001"}, "grid"),
        ({"pin": "here"}, "point"),
        ({"pin": "1,"}, "point"),
        ({"pin": "nan,32"}, "point"),
        ({"pin": "118.62,932.02"}, "point"),
        ({"pin": "100.0,30.0"}, "point"),
        ({"pin": "", "spot": "32.02,118.62"}, "point"),
        ({"category": "nothing"}, "category"),
        ({"category": "\x00"}, "category"),
        ({"category_words": "井盖"}, "category"),
        ({"nature": "rumour"}, "nature"),
        ({"urgency": "very"}, "urgency"),
        ({"record_uuid": "1"}, "record_uuid"),
        ({"record_uuid": "\x00"}, "record_uuid"),
    ],
)
def test_bad_field_is_named_and_nothing_is_lost(take, changes, field):
    answer = take(**changes)
    assert (answer.status_code, faults(answer)) == (422, {field})
    kept = {"text": escape(CALL["text"]), "phone": 'value="139 0000 0001"'}
    kept |= {"name": 'value="演示居民"', "nature": 'value="complaint" checked'}
    for name, words in kept.items():
        if name not in changes:
            assertContains(answer, words, status_code=422)
    assert answer.context["problem"].fields[field] != []
    assert (WorkOrder.objects.count(), Reporter.objects.count()) == (0, 0)


def test_second_click_makes_no_second_order(take, town):
    uuid = uuid4()
    first, second = take(uuid=uuid), take(uuid=uuid, text="改了几个字")
    order = WorkOrder.objects.get()
    assert (first.context["order"], second.context["order"]) == (order, order)
    assert (first.context["is_new"], second.context["is_new"]) == (True, False)
    assertContains(second, "没有重复登记")
    assert order.text == CALL["text"]


def test_somebody_elses_number_is_refused(take):
    uuid = uuid4()
    take("east", uuid)
    answer = take("dispatcher", uuid)
    assert (answer.status_code, faults(answer)) == (422, {"record_uuid"})
    assertNotContains(answer, WorkOrder.objects.get().tracking_code, status_code=422)


def test_closed_channel_refuses_and_keeps_the_words(take, town):
    town.channels["hotline"].is_active = False
    town.channels["hotline"].save()
    answer = take()
    assert answer.status_code == 409
    assertContains(answer, CALL["text"], status_code=409)


def test_call_without_a_place_waits_for_the_district(take):
    answer = take(pin="")
    order = WorkOrder.objects.get()
    assert (order.place_source, order.street) == ("unknown", None)
    assertContains(answer, "位置不明")


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"grid": "320111001001002"}, "东街1社区2格"),
        ({"spot": WEST}, "西街1社区1格"),
        ({"spot": WEST, "pin": EAST}, "东街1社区1格"),
        ({"address": "东街2社区"}, None),
    ],
)
def test_place_is_what_was_picked(take, place, found):
    take(**{"pin": "", **place})
    order = WorkOrder.objects.get()
    assert (order.grid and order.grid.name) == found
    assert order.street.name == ("西街" if found == "西街1社区1格" else "东街")


def test_draft_is_kept_encrypted_and_comes_back(desk):
    east, uuid = desk("east"), uuid4()
    answer = save(east, uuid, text="东街路灯", phone="13900000001", nature=Nature.HELP)
    assert answer.status_code == 200
    row = CallDraft.objects.get()
    assert row.uuid == uuid
    assert b"13900000001" not in bytes(row.content_cipher)
    page = east.get(f"{PAGE}?draft={uuid}")
    assertContains(page, "东街路灯</textarea>")
    assertContains(page, 'value="13900000001"')
    assert rotate_draft_keys() == 1
    assertContains(east.get(PAGE), "东街路灯")


def test_older_save_never_wins(desk):
    east, uuid = desk("east"), uuid4()
    for turn, text, status in ((2, "新的", 200), (1, "旧的", 409), (2, "又来", 409)):
        assert save(east, uuid, turn, text=text).status_code == status
    assertContains(east.get(f"{PAGE}?draft={uuid}"), "新的</textarea>")


def test_several_calls_wait_side_by_side(desk):
    east = desk("east")
    for text in ("第一通", "第二通"):
        save(east, uuid4(), text=text)
    assert [draft.said for draft in east.get(PAGE).context["drafts"]] == ["第二通", "第一通"]


def test_draft_is_its_owners_alone(desk):
    uuid = uuid4()
    save(desk("east"), uuid, text="东街路灯")
    dispatcher = desk("dispatcher")
    assertNotContains(dispatcher.get(f"{PAGE}?draft={uuid}"), "东街路灯")
    assert save(dispatcher, uuid, 9, text="改写").status_code == 409
    dispatcher.post(f"{PAGE}{uuid}/drop/")
    assertContains(desk("east").get(f"{PAGE}?draft={uuid}"), "东街路灯</textarea>")
    desk("east").post(f"{PAGE}{uuid}/drop/")
    assert CallDraft.objects.count() == 0


def test_registered_call_leaves_no_draft_and_a_late_save_none_either(desk, take, town):
    east, uuid = desk("east"), uuid4()
    save(east, uuid, text="东街路灯")
    take("east", uuid)
    assert CallDraft.objects.count() == 0
    late = save(east, uuid, 7, text="东街路灯")
    assert (late.status_code, CallDraft.objects.count()) == (409, 0)
    # One that was on its way meanwhile may have left a row.
    CallDraft.objects.create(
        uuid=uuid, user=town.people["east"], begun_at=timezone.now(), saved_at=timezone.now()
    )
    assert east.get(PAGE).context["drafts"] == []
    # After a crash just behind the click, the page says that it is done.
    order = WorkOrder.objects.get()
    assertContains(east.get(f"{PAGE}?draft={uuid}"), order.tracking_code)
    assertNotContains(desk("dispatcher").get(f"{PAGE}?draft={uuid}"), order.tracking_code)


def test_drafts_are_bounded_in_number_size_and_time(desk, town):
    east = desk("east")
    for _ in range(MOST_DRAFTS):
        assert save(east, uuid4(), text="路灯").status_code == 200
    assert save(east, uuid4(), text="路灯").status_code == 409
    long = save(desk("west"), uuid4(), text="长" * 50_000)
    assert (long.status_code, long.json()["problem"]) == (400, "内容过长，没有保存。")
    now = timezone.now()
    keep_draft(
        actor=Actor.from_user(town.people["dispatcher"]), uuid=UUID(int=1), typed={}, turn=1,
        at=now - KEPT - timedelta(minutes=1),
    )  # fmt: skip
    assert drop_old_drafts(at=now) == 1
    assert CallDraft.objects.count() == MOST_DRAFTS


def test_hints_tell_place_category_and_duplicates_by_scope(desk, number):
    typed = {"text": "东街一号门口井盖缺失，有安全隐患", "pin": EAST}
    hints = save(desk("east"), uuid4(), **typed).json()["hints"]
    assert "东街1社区1格" in hints
    assert 'data-category="井盖缺失"' in hints
    assert number in hints
    assert "文字相似" in hints
    assert number not in save(desk("west"), uuid4(), **typed).json()["hints"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "东街路灯不亮了", "pin": "100,30"}, "不在本区范围内"),
        ({"text": "东街路灯不亮了", "pin": "rubbish"}, "附近没有"),
        ({"text": "东街路灯不亮了", "phone": "rubbish", "category": "none"}, "附近没有"),
        ({"phone": "13900000001"}, "data-where"),
        ({}, "data-where"),
    ],
)
def test_hints_of_half_a_call_are_no_error(desk, typed, said):
    answer = save(desk("east"), uuid4(), **typed)
    assert answer.status_code == 200
    assert said in answer.json()["hints"]


def test_earlier_orders_of_a_caller_are_by_right_masked_and_on_record(desk, take):
    take("east", phone="139-0000-0001", text="联系我 13900000001 路灯不亮")
    number = WorkOrder.objects.get().number
    asked = {"phone": "139 0000 0001"}
    answer = desk("east").post(f"{PAGE}caller/", asked)
    assertContains(answer, number)
    assertNotContains(answer, "13900000001")
    assertNotContains(desk("west").post(f"{PAGE}caller/", asked), number)
    looks = AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).order_by("pk")
    assert [(look.username, look.subject) for look in looks] == [
        ("east", number), ("west", "139******01"),
    ]  # fmt: skip
    assert "139******01" in looks[0].purpose
    assert "1390000" not in looks[0].purpose + looks[1].purpose


@pytest.mark.parametrize("phone", ["", "139", "不知道", "\x00", "a" * 500])
def test_what_is_no_telephone_is_not_looked_for(desk, phone):
    assert desk("east").post(f"{PAGE}caller/", {"phone": phone}).status_code == 200
    assert AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).count() == 0


def places(client, words):
    return [
        (choice.field, choice.name, choice.detail)
        for choice in client.get(f"{PAGE}places/", {"q": words}).context["choices"]
    ]


def test_places_are_found_by_a_part_of_their_name(desk, take, town):
    take("dispatcher", address="东街一号菜场旁", pin=EAST)
    east, west = desk("east"), desk("west")
    assert places(east, "1社区1格") == [
        ("grid", "东街1社区1格", "东街 / 东街1社区"), ("grid", "西街1社区1格", "西街 / 西街1社区"),
    ]  # fmt: skip
    assert ("spot", "东街一号菜场旁", "以往工单") in places(east, "菜场")
    assert places(west, "菜场") == []
    assert places(east, "社") == places(east, "\x00") == places(east, "%") == []


def test_demo_person_registers_demo_orders(take, town):
    town.people["east"].is_demo = True
    town.people["east"].save()
    take("east")
    assert WorkOrder.objects.get().is_demo


def test_page_asks_no_more_for_more_drafts(desk, query_count):
    east = desk("east")
    save(east, uuid4(), text="路灯")
    few = query_count(lambda: east.get(PAGE))
    for _ in range(3):
        save(east, uuid4(), text="路灯")
    assert query_count(lambda: east.get(PAGE)) == few
