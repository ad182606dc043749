"""Work shared out: parts with holders and limits of their own, and a parent that waits for them."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.lib.errors import ConflictError, InvalidError
from tests.workorders.desk import MONDAY, SOLVED
from workorders.enums import Action as A
from workorders.enums import Part, State
from workorders.models import Clock, Cube, Delta, WorkOrder
from workorders.services import count_held, fold_deltas, recount

FRIDAY = MONDAY + timedelta(days=4)
DONE = {"result": "已处理", "proof": "照片"}


@pytest.fixture
def parent(people):
    return people.begin("T-1")


@pytest.fixture
def split(people, parent, town):
    """Split the order between the water office and the grid, and give both parts."""

    def split(**changes):
        water = {"department": town.departments["水务局"], "text": "疏通雨水口", **changes}
        grid = {"grid": town.areas["东街1社区1格"], "text": "清扫路面"}
        people.act("handler", parent, A.SPLIT, parts=[water, grid])
        return list(WorkOrder.objects.filter(parent=parent).order_by("pk"))

    return split


@pytest.fixture
def assisted(people, parent, town):
    people.act("handler", parent, A.ASSIST, departments=[town.departments["水务局"]], text="请抽水")
    return WorkOrder.objects.get(parent=parent)


def fresh(order):
    return WorkOrder.objects.get(pk=order.pk)


def finish_part(people, part, person):
    people.act(person, part, A.SIGN)
    people.act(person, part, A.RESOLVE, **DONE)
    return people.act("supervisor", part, A.PASS_CHECK)


def counted():
    while fold_deltas()[0]:
        pass
    assert (count_held(), Delta.objects.count()) == (recount(orders=WorkOrder.objects.all()), 0)
    totals = Counter()
    for measure, value in Cube.objects.values_list("measure", "value"):
        totals[measure] += value
    return +totals


def test_part_is_an_order_of_its_own_with_the_place_of_its_parent(parent, split):
    water, grid = split()
    assert (water.external_number, grid.external_number) == (
        f"{parent.number}-1", f"{parent.number}-2",
    )  # fmt: skip
    assert (water.state, water.part, water.text) == (State.DISPATCHED, Part.SPLIT, "疏通雨水口")
    assert (water.department.name, grid.holder_area.name) == ("水务局", "东街1社区1格")
    assert (water.grid_id, water.channel_id, water.point) == (
        parent.grid_id, parent.channel_id, parent.point,
    )  # fmt: skip
    assert (hasattr(water, "reporter"), water.search.text.endswith("疏通雨水口")) == (False, True)
    first = water.events.get()
    assert (first.action, first.from_state, first.to_state) == ("split", "", "dispatched")
    assert [part["number"] for part in parent.events.get(action=A.SPLIT).content["parts"]] == [
        water.number, grid.number,
    ]  # fmt: skip
    assert fresh(parent).state == State.HANDLING


def test_part_has_its_own_clocks_and_its_own_limit(people, split):
    water, grid = split(due_at=FRIDAY)
    kinds = Clock.objects.filter(order=water).order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["first_contact", "resolution", "signing"]
    clock = Clock.objects.get(order=water, kind="resolution")
    assert (clock.due_at, clock.fixed_at, water.due_at) == (FRIDAY, people.at, FRIDAY)
    assert Clock.objects.get(order=grid, kind="resolution").started_at == people.at


def test_parts_are_dispatched_but_nobody_reported_them(split):
    split()
    assert counted() == {
        "open": 3, "registered": 1, "accepted": 1, "dispatched": 3, "signed": 1,
        "signed_on_time": 1,
    }  # fmt: skip


def test_parent_waits_for_its_split_parts(people, parent, split):
    water, grid = split()
    with pytest.raises(ConflictError) as refusal:
        people.act("handler", parent, A.RESOLVE, **DONE)
    assert refusal.value.code == "parts_open"
    assert refusal.value.extra == {"parts": [water.number, grid.number]}
    assert finish_part(people, water, "other-handler").state == State.CLOSED
    with pytest.raises(ConflictError) as refusal:
        people.act("handler", parent, A.RESOLVE, **DONE)
    assert refusal.value.extra == {"parts": [grid.number]}
    people.act("supervisor", grid, A.CANCEL, reason="不需要了")
    assert people.act("handler", parent, A.RESOLVE, **DONE).state == State.RESOLVED
    counted()


def test_closed_part_is_not_called_back(people, split):
    water, _ = split()
    order = finish_part(people, water, "other-handler")
    assert (order.closed_at, order.due_at) == (people.at, None)
    assert not Clock.objects.filter(order=order, met_at__isnull=True).exists()


def test_help_does_not_block_and_ends_with_the_parent(people, parent, assisted):
    assert (assisted.part, assisted.state) == (Part.ASSIST, State.DISPATCHED)
    people.act("handler", parent, A.RESOLVE, **DONE)
    event = assisted.events.order_by("sequence").last()
    assert (fresh(assisted).state, event.actor_kind) == (State.CANCELLED, "system")
    assert event.note == "主单已办结，协办自动结束。"
    counted()


def test_help_that_is_given_is_closed_at_once(people, assisted):
    people.act("other-handler", assisted, A.SIGN)
    order = people.act("other-handler", assisted, A.RESOLVE, **DONE)
    assert (order.state, order.closed_at) == (State.CLOSED, people.at)
    counted()


def test_cancelled_parent_takes_its_open_parts_along(people, parent, split):
    water, grid = split()
    finish_part(people, water, "other-handler")
    people.act("supervisor", parent, A.CANCEL, reason="误报")
    assert (fresh(water).state, fresh(grid).state) == (State.CLOSED, State.CANCELLED)
    assert counted()["open"] == 0


@pytest.mark.parametrize(
    ("action", "code"),
    [(A.SPLIT, "part_cannot_split"), (A.ASSIST, "part_cannot_assist"),
     (A.MERGE, "part_cannot_merge")],
)  # fmt: skip
def test_part_is_not_shared_out_or_merged_again(people, town, split, action, code):
    water, _ = split()
    other = people.call("T-2")
    people.act("other-handler", water, A.SIGN)
    carried = {
        A.SPLIT: {"parts": [{"department": town.departments["城管局"], "text": "再拆"}]},
        A.ASSIST: {"departments": [town.departments["城管局"]], "text": "再帮"},
        A.MERGE: {"into": other.number},
    }[action]
    person = "dispatcher" if action is A.MERGE else "other-handler"
    with pytest.raises(ConflictError) as refusal:
        people.act(person, water, action, **carried)
    assert refusal.value.code == code
    with pytest.raises(ConflictError) as refusal:
        people.merge(other, water)
    assert refusal.value.code == "merge_target_is_part"


def test_parent_with_open_parts_is_not_merged(people, parent, split):
    split()
    with pytest.raises(ConflictError) as refusal:
        people.merge(parent, people.call("T-2"))
    assert refusal.value.code == "parts_open"


def test_part_is_reopened_only_while_its_parent_is_handled(people, parent, split):
    water, grid = split()
    for part, person in ((water, "other-handler"), (grid, "worker")):
        finish_part(people, part, person)
    assert people.act("supervisor", water, A.REOPEN, reason="又堵了").state == State.HANDLING
    people.act("other-handler", water, A.RESOLVE, **DONE)
    people.act("supervisor", water, A.PASS_CHECK)
    people.finish(parent)
    with pytest.raises(ConflictError) as refusal:
        people.act("supervisor", water, A.REOPEN, reason="又堵了")
    assert refusal.value.code == "parent_not_handling"
    people.act("clerk", parent, A.FOLLOW_UP, **SOLVED)
    assert counted()["closed"] == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "parts.0.text"),
        ({"department": None}, "parts.0.department"),
        ({"due_at": MONDAY}, "parts.0.due_at"),
        ({"due_at": MONDAY + timedelta(days=2000)}, "parts.0.due_at"),
        ({"grid": "西街1社区1格"}, "parts.0.grid"),
    ],
)
def test_each_wrong_part_is_named(town, split, changes, field):
    if "grid" in changes:
        changes = {"grid": town.areas[changes["grid"]]}
    with pytest.raises(InvalidError) as refusal:
        split(**changes)
    assert list(refusal.value.fields) == [field]
    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize("count", [0, 11])
def test_one_to_ten_parts(people, parent, town, count):
    part = {"department": town.departments["水务局"], "text": "一部分"}
    with pytest.raises(InvalidError) as refusal:
        people.act("handler", parent, A.SPLIT, parts=[part] * count)
    assert list(refusal.value.fields) == ["parts"]


@pytest.mark.parametrize("names", [[], ["城管局"], ["水务局", "水务局"]])
def test_help_is_asked_of_others_once_each(people, parent, town, names):
    departments = [town.departments[name] for name in names]
    with pytest.raises(InvalidError) as refusal:
        people.act("handler", parent, A.ASSIST, departments=departments, text="帮忙")
    assert list(refusal.value.fields) == ["departments"]


def test_api_splits_and_shows_the_family(parent, api):
    url = f"/api/v1/orders/{parent.number}/"
    due_at = (timezone.now() + timedelta(days=30)).isoformat()
    parts = [{"department": "D3", "text": "疏通", "due_at": due_at}]
    answer = api("handler").post(f"{url}split/", {"parts": parts}, format="json")
    assert answer.status_code == 200, answer.data
    part = WorkOrder.objects.get(parent=parent)
    shown = {
        "number": part.number, "state": "dispatched", "state_label": "待签收", "holder": "水务局",
        "part": "split", "part_label": "拆分单", "is_visible": False,
    }  # fmt: skip
    assert api("handler").get(url).data["family"]["parts"] == [shown]
    assert api("supervisor").get(url).data["family"]["parts"] == [shown | {"is_visible": True}]
    family = api("other-handler").get(f"/api/v1/orders/{part.number}/").data["family"]
    assert (family["parent"]["number"], family["parent"]["is_visible"]) == (parent.number, False)


def test_console_takes_rows_and_keeps_them_where_one_is_wrong(parent, desk):
    form = {
        "version": parent.version, "key": "k", "parts-0-department": "D3",
        "parts-0-holder_words": "水务局", "parts-0-text": "疏通", "parts-2-text": "清扫",
        "parts-2-holder_words": "没有的局",
    }  # fmt: skip
    url = f"/console/orders/{parent.number}/split/"
    refused = desk("handler").post(url, form)
    page = refused.content.decode()
    assert (refused.status_code, WorkOrder.objects.count()) == (422, 1)
    for words in ("请从列表中选择", "清扫", "没有的局", 'value="D3"'):
        assert words in page
    done = desk("handler").post(url, form | {"parts-2-department": "D2"})
    assert done.status_code == 200
    assert list(WorkOrder.objects.filter(parent=parent).values_list("text", flat=True)) == [
        "疏通", "清扫",
    ]  # fmt: skip
    page = done.content.decode()
    assert ("相关工单" in page, "拆分单" in page, "拆单给 水务局" in page) == (True, True, True)


def test_console_asks_for_help(parent, desk):
    form = {"version": parent.version, "departments-0-department": "D3", "text": "抽水"}
    done = desk("handler").post(f"/console/orders/{parent.number}/assist/", form)
    assert (done.status_code, "协办给 水务局" in done.content.decode()) == (200, True)
