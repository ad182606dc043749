"""Merged orders: one is worked on, every person who asked hears of it, and none is overdue."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from governance.lib.errors import ConflictError, DomainError, InvalidError, NotFoundError
from tests.town import WEST_POINT
from tests.workorders.desk import MONDAY, SOLVED
from workorders.enums import Action as A
from workorders.enums import State
from workorders.models import Clock, Cube, Event, WorkOrder
from workorders.selectors.queues import choose_view, view_orders
from workorders.selectors.tracking import progress_of, tracked_order
from workorders.services import apply, fire_due, fold_deltas, remove_demo_orders

UNSOLVED = {"is_reached": True, "is_solved": False, "note": "门口还是黑的"}


@pytest.fixture
def pair(people):
    """A second call, merged into the first, which was sent."""
    first, second = people.call("T-1"), people.call("T-2")
    people.send(first)
    return first, people.merge(second, first, reason="同一盏灯")


def fresh(order):
    return WorkOrder.objects.get(pk=order.pk)


def notes(order):
    return list(order.events.order_by("sequence").values_list("action", "note"))


def seen(order, *, days=20):
    found = tracked_order(number=order.number, code=order.tracking_code)
    return progress_of(found, at=MONDAY + timedelta(days=days))


def told(order):
    return [(line.words, line.note) for line in seen(order).story]


def waiting(people, person="clerk"):
    scope = people.actor(person).scope
    view = choose_view(key="merged", scope=scope)
    assert view.key == "merged"
    return [row.number for row in view_orders(view=view, scope=scope, at=people.at).order_by("pk")]


def counted():
    while fold_deltas()[0]:
        pass
    totals = Counter()
    for measure, value in Cube.objects.values_list("measure", "value"):
        totals[measure] += value
    return +totals


def test_merged_order_ends_without_a_clock_and_both_timelines_say_so(pair):
    master, merged = pair
    assert (merged.state, merged.merged_into_id, merged.due_at) == (State.MERGED, master.pk, None)
    assert not Clock.objects.filter(order=merged, met_at__isnull=True).exists()
    event = merged.events.get(action=A.MERGE)
    assert event.content["into"] == master.number
    assert notes(master)[-1] == ("remark", f"工单 {merged.number} 并入本单。")
    assert fresh(master).state == State.DISPATCHED


def test_merged_order_is_counted_once_as_work_and_by_person_as_call_backs(people, pair):
    master, merged = pair
    people.finish(master)
    people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    people.act("clerk", merged, A.FOLLOW_UP, **SOLVED)
    assert counted() == {
        "registered": 2, "accepted": 1, "dispatched": 1, "merged": 1, "signed": 1,
        "signed_on_time": 1, "resolved": 1, "resolved_on_time": 1, "in_district": 1, "closed": 1,
        "called_back": 2, "solved": 2, "satisfied": 2, "handling_seconds": 300, "took_1h": 1,
    }  # fmt: skip


def test_closing_the_master_leaves_no_merged_order_overdue_or_in_silence(people, pair):
    """A known mistake of others: their merged orders stay late, and their people hear nothing."""
    master, merged = pair
    for days in (1, 30, 300):
        fire_due(at=MONDAY + timedelta(days=days))
    assert (fresh(master).is_overdue, fresh(merged).is_overdue) == (True, False)
    assert not Clock.objects.filter(order=merged, met_at__isnull=True).exists()
    people.finish(master)
    assert seen(merged).is_asked
    people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    page = seen(merged)
    assert (page.is_asked, page.result) == (True, "已更换灯泡")
    assert waiting(people) == [merged.number]
    people.act("resident", merged, A.FOLLOW_UP, **SOLVED)
    page = seen(merged)
    assert (page.is_asked, str(page.words)) == (False, "已办结")
    assert (fresh(merged).is_overdue, fresh(merged).is_solved, waiting(people)) == (False, True, [])


def test_overdue_order_is_late_no_more_once_it_is_merged(people):
    first, second = people.call("T-1"), people.call("T-2")
    people.send(first)
    people.send(second)
    fire_due(at=MONDAY + timedelta(days=30))
    assert fresh(second).is_overdue
    people.merge(second, first)
    assert not fresh(second).is_overdue
    assert counted()["overdue"] == 1


def test_person_of_a_merged_order_hears_each_public_step_in_plain_words(people, pair):
    master, merged = pair
    assert str(seen(merged).words) == "已交给承办单位"
    people.act("handler", master, A.REMARK, kind="internal", text="内部的话")
    people.act("handler", master, A.REMARK, kind="progress", text="已报修，电话 13912345678")
    people.finish(master)
    people.act("resident", master, A.FOLLOW_UP, **UNSOLVED)
    assert told(merged) == [
        ("已登记", ""),
        ("已与相同诉求一并办理", ""),
        ("进展", "已报修，电话 139******78"),
        ("反馈：未解决，继续办理", ""),  # the words are the other person's
    ]
    assert told(master)[-1] == ("反馈：未解决，继续办理", "门口还是黑的")


def test_page_of_a_merged_order_names_nothing_of_the_other_person(people, client):
    first = people.call("T-1", text="西边暗号楼的灯", point=tuple(WEST_POINT.values()))
    second = people.call("T-2")
    people.send(first)
    people.merge(second, first)
    people.finish(first)
    page = client.get(f"/track/{second.number}/{second.tracking_code}/").content.decode()
    assert ("已更换灯泡" in page, "问题解决了吗" in page) == (True, True)
    for words in (first.number, first.tracking_code, "暗号", "西街", first.external_number):
        assert words not in page


def test_person_answers_on_the_page_of_the_merged_order(people, pair, client):
    master, merged = pair
    people.finish(master)
    answer = {"is_solved": "yes", "satisfaction": "satisfied"}
    page = f"/track/{merged.number}/{merged.tracking_code}/answer/"
    assert client.post(page, answer).status_code == 302
    assert (fresh(merged).satisfaction, fresh(merged).state) == ("satisfied", State.MERGED)
    assert fresh(master).state == State.FOLLOW_UP
    again = client.post(page, answer)
    assert (again.status_code, "已经回访过" in again.content.decode()) == (409, True)


@pytest.mark.parametrize("is_closed", [False, True])
def test_unsolved_for_one_sends_the_work_back_for_all(people, pair, is_closed):
    master, merged = pair
    people.finish(master)
    if is_closed:
        people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    people.act("clerk", merged, A.FOLLOW_UP, **UNSOLVED)
    action = A.REOPEN if is_closed else A.REWORK
    event = master.events.order_by("sequence").last()
    assert (fresh(master).state, event.action, event.actor_kind) == (
        State.HANDLING, action, "system",
    )  # fmt: skip
    assert (fresh(merged).is_solved, waiting(people)) == (False, [])
    assert UNSOLVED["note"] not in " ".join(note for _, note in notes(master))
    people.finish(master)
    assert waiting(people) == [merged.number]
    people.act("clerk", merged, A.FOLLOW_UP, **SOLVED)
    assert (fresh(merged).is_solved, waiting(people)) == (True, [])


def test_person_of_a_merged_order_sends_back_only_within_the_window(people, pair):
    master, merged = pair
    people.finish(master)
    people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    closed_at = fresh(master).closed_at
    people.at = closed_at + timedelta(days=30)
    with pytest.raises(ConflictError) as refusal:
        people.act("resident", merged, A.FOLLOW_UP, **UNSOLVED)
    assert refusal.value.code == "reopen_window"
    assert (fresh(master).state, fresh(merged).is_solved) == (State.CLOSED, None)
    page = seen(merged, days=60)
    assert (page.is_asked, str(page.words), seen(merged).is_asked) == (False, "已办结", True)
    people.at = closed_at + timedelta(days=30, minutes=-1)  # an act comes a minute later
    people.act("resident", merged, A.FOLLOW_UP, **UNSOLVED)
    assert fresh(master).state == State.HANDLING


def test_clerk_who_asks_late_sends_back_all_the_same(people, pair):
    master, merged = pair
    people.finish(master)
    people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    people.at = fresh(master).closed_at + timedelta(days=60)
    people.act("clerk", merged, A.FOLLOW_UP, **UNSOLVED)
    assert fresh(master).state == State.HANDLING


def test_person_of_a_merged_order_reopens_the_master_twice(people, pair):
    master, merged = pair
    for _ in range(2):
        people.finish(master)
        people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
        people.act("resident", merged, A.FOLLOW_UP, **UNSOLVED)
    people.finish(master)
    people.act("clerk", master, A.FOLLOW_UP, **SOLVED)
    with pytest.raises(ConflictError) as refusal:
        people.act("resident", merged, A.FOLLOW_UP, **UNSOLVED)
    assert (refusal.value.code, fresh(master).state) == ("reopen_limit", State.CLOSED)
    people.act("resident", merged, A.FOLLOW_UP, **SOLVED)
    assert fresh(merged).is_solved


def test_third_call_that_reaches_nobody_ends_the_asking(people, pair):
    master, merged = pair
    people.finish(master)
    for _ in range(2):
        people.act("clerk", merged, A.FOLLOW_UP, is_reached=False)
        assert waiting(people) == [merged.number]
    people.act("clerk", merged, A.FOLLOW_UP, is_reached=False)
    assert (waiting(people), fresh(merged).state) == ([], State.MERGED)


def test_nobody_is_asked_before_the_work_is_done(people, pair):
    _, merged = pair
    for person in ("clerk", "resident"):
        with pytest.raises(ConflictError) as refusal:
            people.act(person, merged, A.FOLLOW_UP, **SOLVED)
        assert refusal.value.code == "master_not_done"
    assert not seen(merged).is_asked


def test_nobody_is_asked_where_the_master_was_answered_at_once(people):
    first, second = people.call("T-1"), people.call("T-2")
    people.merge(second, first)
    people.act("dispatcher", first, A.ANSWER, answer="今晚恢复供电。")
    page = seen(second)
    assert (page.is_asked, str(page.words), page.answer) == (False, "已办结", "今晚恢复供电。")
    assert waiting(people) == []


def test_what_came_in_before_moves_along(people, pair):
    master, merged = pair
    third = people.call("T-3")
    people.act("handler", master, A.REMARK, kind="progress", text="先到现场")
    people.merge(master, third)
    assert fresh(merged).merged_into_id == third.pk
    assert [note for _, note in notes(third)] == [
        "", f"工单 {merged.number} 并入本单。", f"工单 {master.number} 并入本单。",
    ]  # fmt: skip
    people.send(third)
    people.act("handler", third, A.REMARK, kind="progress", text="再到现场")
    assert told(merged) == [
        ("已登记", ""), ("已与相同诉求一并办理", ""), ("进展", "先到现场"), ("已受理", ""),
        ("进展", "再到现场"),
    ]  # fmt: skip
    assert counted()["merged"] == 2


def test_unmerge_gives_the_order_back_to_the_desk(people, pair):
    master, merged = pair
    order = people.act("dispatcher", merged, A.UNMERGE, reason="不是同一盏灯")
    assert (order.state, order.merged_into_id, order.department_id) == (
        State.REGISTERED, None, None,
    )  # fmt: skip
    clock = Clock.objects.get(order=order, met_at__isnull=True)
    assert (clock.kind, order.due_at) == ("acceptance", clock.due_at)
    assert notes(master)[-1] == ("remark", f"工单 {order.number} 撤销并单，单独办理。")
    assert [words for words, _ in told(order)][-1] == "已改为单独办理"


def test_unmerge_of_an_accepted_order_starts_its_dispatch_clock(people):
    first, second = people.call("T-1"), people.call("T-2")
    people.send(second)
    people.merge(second, first)
    order = people.act("dispatcher", second, A.UNMERGE, reason="不同")
    running = Clock.objects.filter(order=order, met_at__isnull=True)
    assert (order.state, order.department_id) == (State.ACCEPTED, None)
    assert [(clock.kind, clock.started_at) for clock in running] == [("dispatch", people.at)]
    assert counted()["unmerged"] == 1


def test_person_of_an_unmerged_order_hears_no_more_of_the_other(people, pair):
    master, merged = pair
    people.act("dispatcher", merged, A.UNMERGE, reason="不同")
    people.act("handler", master, A.REMARK, kind="progress", text="别人的进展")
    assert "别人的进展" not in str(told(merged))


@pytest.mark.parametrize(
    ("into", "code", "kind"),
    [
        ("itself", "merge_into_itself", InvalidError),
        ("20260302-999999", "merge_target_not_found", InvalidError),
        ("west", "merge_target_not_found", InvalidError),
        ("merged", "merge_target_merged", ConflictError),
        ("ended", "merge_target_ended", ConflictError),
        ("", "invalid", InvalidError),
    ],
)
def test_each_wrong_target_has_its_own_refusal(people, pair, into, code, kind):
    order = people.call("T-4")
    ended = people.call("T-5")
    people.act("dispatcher", ended, A.REJECT, reason="no_fact")
    west = people.call("T-6", point=tuple(WEST_POINT.values()))
    named = {"itself": order, "west": west, "merged": pair[1], "ended": ended}
    number = named[into].number if into in named else into
    before = Event.objects.count()
    with pytest.raises(kind) as refusal:
        people.act("east", order, A.MERGE, into=number)
    assert (refusal.value.code, list(refusal.value.fields)) == (code, ["into"])
    assert (Event.objects.count(), fresh(order).state) == (before, State.REGISTERED)


def test_outsider_merges_nothing(people, pair):
    with pytest.raises(NotFoundError):
        people.merge(people.call("T-9"), pair[0], person="west")


def test_merging_again_into_the_same_order_says_so(people, pair):
    with pytest.raises(ConflictError) as refusal:
        people.merge(pair[1], pair[0])
    assert refusal.value.code == "merge_already_there"


def test_api_merges_and_lists_what_one_may_do(people, api):
    first, second = people.call("T-1"), people.call("T-2")
    url = f"/api/v1/orders/{second.number}/"
    answer = api("dispatcher").post(f"{url}merge/", {"into": first.number})
    assert (answer.status_code, answer.data["state"]) == (200, "merged")
    assert api("clerk").get(url).data["actions"] == ["remark"]
    people.send(first)
    people.finish(first)
    assert api("clerk").get(url).data["actions"] == ["follow_up", "remark"]


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_merging_each_into_the_other_do_not_block(people):
    first, second = people.call("T-1"), people.call("T-2")
    actor = people.actor("dispatcher")
    for _ in range(5):
        outcomes = merged_at_once(actor, [(first, second), (second, first)])
        assert sorted(outcomes) in (["done", "merge_target_merged"], ["action_not_allowed", "done"])
        loser = WorkOrder.objects.get(state=State.MERGED)
        people.act("dispatcher", loser, A.UNMERGE, reason="再试一次")


def merged_at_once(actor, pairs):
    """Merge each pair in a thread of its own, all let go at the same instant."""
    ready, outcomes = threading.Barrier(len(pairs)), []

    def work(order, into):
        ready.wait()
        try:
            apply(
                number=order.number, action=A.MERGE, actor=actor, at=MONDAY,
                carried={"into": into.number},
            )  # fmt: skip
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        except Exception as error:  # a deadlock, say
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_demo_and_real_orders_stay_apart(people):
    demo, real = people.call("T-1"), people.call("T-2")
    WorkOrder.objects.filter(pk=demo.pk).update(is_demo=True)
    with pytest.raises(ConflictError) as refusal:
        people.merge(real, demo)
    assert refusal.value.code == "merge_target_is_demo"


def test_demo_families_are_removed_together(people, pair):
    people.call("T-3")
    WorkOrder.objects.filter(pk__in=[order.pk for order in pair]).update(is_demo=True)
    assert [remove_demo_orders(batch=1) for _ in range(2)] == [2, 0]
    assert counted() == {"open": 1, "registered": 1}
