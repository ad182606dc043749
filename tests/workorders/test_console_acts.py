"""Acts from the console through HTTP: what is offered, and what a refusal answers and keeps."""

import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AccessLog
from tests.workorders.console_page import act, offered, pane_of
from tests.workorders.desk import NEXT_YEAR, Desk
from workorders.enums import State
from workorders.forms.rendering import MANNERS
from workorders.models import Event, Photo, WorkOrder
from workorders.workflow import actions_from


def test_acts_offered_follow_state_and_rights(town, desk, number):
    assert offered(desk("dispatcher"), number) == [
        "accept", "answer", "request_verification", "remark", "merge", "reject",
    ]  # fmt: skip
    assert offered(desk("supervisor"), number) == ["supervise", "remark", "exclude", "cancel"]
    assert offered(desk("leader"), number) == ["instruct", "remark"]
    act(desk("dispatcher"), number, "accept", category="manhole", version=1)
    assert offered(desk("dispatcher"), number) == ["dispatch", "remark", "reclassify", "merge"]
    act(desk("dispatcher"), number, "dispatch", department="D2", version=2)
    assert offered(desk("dispatcher"), number) == ["remark", "reclassify", "merge"]
    assert offered(desk("handler"), number) == [
        "sign", "pass_down", "pass_up", "send_back", "request_return", "remark",
    ]  # fmt: skip


def test_whole_life_goes_through_the_page(town, desk, number):
    steps = [
        ("dispatcher", "accept", {"category": "manhole", "category_words": "井盖缺失"}, "accepted"),
        ("dispatcher", "dispatch", {"department": "D2", "holder_words": "城管局"}, "dispatched"),
        ("handler", "sign", {}, "handling"),
        ("handler", "resolve", {"result": "已更换", "proof": "维修单 1 号"}, "resolved"),
        ("supervisor", "pass_check", {"finding": "属实"}, "follow_up"),
        ("clerk", "follow_up",
         {"is_reached": "true", "is_solved": "true", "satisfaction": "satisfied"}, "closed"),
    ]  # fmt: skip
    for version, (username, action, carried, state) in enumerate(steps, start=1):
        answer = act(desk(username), number, action, version=version, **carried)
        assert (action, answer.status_code) == (action, 200)
        assert answer.headers["HX-Trigger"] == "console:acted"
        assert WorkOrder.objects.get().state == state


def test_clear_order_comes_with_its_category_and_holder(town, desk, number):
    dispatcher = desk("dispatcher")
    accept = pane_of(dispatcher, number).acts[0]
    assert (accept.fields[0].picked.name, accept.is_ready) == ("井盖缺失", True)
    act(dispatcher, number, "accept", category="manhole")
    dispatch = pane_of(dispatcher, number).acts[0]
    assert dispatch.fields[0].picked.name == "城管局"
    assert (dispatch.reason, dispatch.is_ready) == ("「井盖缺失」由城管局承办", True)


def test_area_is_asked_for_only_where_the_place_is_unknown(town, desk, number, channel_api):
    unknown = channel_api("hotline", town.call("T-9", point=None, address="")).data["number"]
    asked = {}
    for each in (number, unknown):
        area = pane_of(desk("dispatcher"), each).acts[0].fields[1]
        asked[each] = (area.name, area.is_required, "未能定位" in area.hint)
    assert asked == {number: ("area", False, False), unknown: ("area", True, True)}


def test_grid_matter_is_suggested_to_its_grid(town, desk, channel_api):
    category = town.categories["manhole"]
    category.is_grid_matter = True
    category.save(update_fields=["is_grid_matter"])
    number = channel_api("hotline", town.call()).data["number"]
    act(desk("dispatcher"), number, "accept", category="manhole")
    choice = pane_of(desk("dispatcher"), number).acts[0].fields[0].picked
    assert (choice.field, choice.name) == ("grid", "东街1社区1格")


def test_row_and_clock_agree_on_what_is_left_after_a_rework(town, desk, number):
    steps = [
        ("dispatcher", "accept", {"category": "manhole"}),
        ("dispatcher", "dispatch", {"department": "D2"}),
        ("handler", "sign", {}),
        ("handler", "resolve", {"result": "已更换", "proof": "维修单 1 号"}),
        ("supervisor", "rework", {"finding": "井盖不平"}),
    ]
    for username, action, carried in steps:
        assert act(desk(username), number, action, **carried).status_code == 200
    row = desk("handler").get("/console/?view=mine").context["queue"].rows[0]
    pane = pane_of(desk("handler"), number)
    resolution = next(face for face in pane.clocks.running if face.label == "办理")
    assert (row.deadline.left, row.deadline.due_at) == (
        resolution.deadline.left,
        resolution.deadline.due_at,
    )


def test_missing_field_keeps_what_was_typed(desk, town, number):
    dispatcher = desk("dispatcher")
    answer = act(dispatcher, number, "reject", note="请改拨水务热线", version=1)
    assert answer.status_code == 422
    face = next(face for face in answer.context["pane"].acts if face.action == "reject")
    assert {field.name: (field.value, list(field.errors)) for field in face.fields} == {
        "reason": ("", ["该字段是必填项。"]),
        "note": ("请改拨水务热线", []),
    }
    assert answer.context["pane"].open_act == "reject"


def test_words_without_a_choice_are_refused(desk, town, number):
    answer = act(desk("dispatcher"), number, "accept", category_words="噪声", version=1)
    assert answer.status_code == 422
    accept = answer.context["pane"].acts[0]
    assert list(accept.fields[0].errors) == ["请从列表中选择"]
    assert WorkOrder.objects.get().state == "registered"


def test_unanswered_call_back_is_no_answer(town, desk, number):
    """An empty radio group must not count as "not reached"."""
    WorkOrder.objects.update(state="follow_up")
    answer = act(desk("clerk"), number, "follow_up", note="未选择")
    assert answer.status_code == 422
    assert Event.objects.filter(action="follow_up").count() == 0


def test_stale_act_is_a_conflict_that_keeps_the_text(desk, town, number):
    act(desk("east"), number, "remark", text="先记一笔")
    act(desk("east"), number, "accept", category="manhole", version=1)
    answer = act(desk("dispatcher"), number, "answer", answer="井盖今天换好", version=1)
    assert answer.status_code == 409
    pane = answer.context["pane"]
    assert pane.order.state == "accepted"
    assert pane.kept == [("答复内容", "井盖今天换好")]
    assertContains(answer, "井盖今天换好", status_code=409)


def test_conflict_on_a_possible_act_keeps_the_form(desk, town, number):
    act(desk("dispatcher"), number, "accept", category="manhole", version=1)
    act(desk("dispatcher"), number, "dispatch", department="D2", version=2)
    act(desk("handler"), number, "sign", version=3)
    answer = act(desk("handler"), number, "send_back", reason="不属本单位", version=3)
    assert answer.status_code == 409
    pane = answer.context["pane"]
    assert (pane.open_act, pane.kept) == ("send_back", [])
    assert pane.lead.fields[0].value == "不属本单位"


def test_repeated_key_acts_once(desk, number):
    for _ in range(2):
        act(desk("dispatcher"), number, "remark", text="一次", key="same-key")
    assert Event.objects.filter(action="remark").count() == 1


def test_key_of_a_pane_serves_each_of_its_forms(desk, number):
    dispatcher = desk("dispatcher")
    assert act(dispatcher, number, "remark", text="一次", key="same-key").status_code == 200
    assert act(dispatcher, number, "accept", version=1, key="same-key").status_code == 200
    assert WorkOrder.objects.get().state == "accepted"


def handled(desk, number):
    """Bring an order into the hands of the handler."""
    act(desk("dispatcher"), number, "accept", category="manhole")
    act(desk("dispatcher"), number, "dispatch", department="D2")
    act(desk("handler"), number, "sign")
    return desk("handler")


def test_handler_resolves_with_a_photo(desk, number, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    image = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(image, "JPEG")
    photo = SimpleUploadedFile("after.jpg", image.getvalue(), "image/jpeg")
    answer = act(handled(desk, number), number, "resolve", result="已更换", after=photo)
    assert answer.status_code == 200
    assert list(Photo.objects.values_list("stage", "width")) == [("after", 32)]
    assert WorkOrder.objects.get().state == "resolved"


def test_file_that_is_no_photo_is_named_and_the_text_kept(desk, number):
    file = SimpleUploadedFile("after.jpg", b"MZ" + bytes(64), "image/jpeg")
    answer = act(handled(desk, number), number, "resolve", result="已更换", after=file)
    assert answer.status_code == 422
    fields = {field.name: field for field in answer.context["pane"].lead.fields}
    assert fields["result"].value == "已更换"
    assert list(fields["after"].errors) == ["after.jpg：不是 JPEG、PNG 或 WebP 照片"]
    assert WorkOrder.objects.get().state == "handling"


def test_forbidden_act_is_refused_in_words(desk, town, number):
    answer = act(desk("east"), number, "cancel", reason="不归我")
    assertContains(answer, "您没有作废这张工单的权限", status_code=403)


@pytest.mark.parametrize("action", ["register", "escalate", "self_handle", "no_such"])
def test_act_that_the_page_does_not_offer_is_not_found(desk, number, action):
    assert act(desk("dispatcher"), number, action).status_code == 404


def test_reporter_is_shown_for_a_purpose_and_logged(desk, number):
    dispatcher = desk("dispatcher")
    assertContains(dispatcher.get(f"/console/?order={number}"), "139******00")
    url = f"/console/orders/{number}/reveal/"
    assertNotContains(dispatcher.post(url, {"purpose": " "}), "13900000000", status_code=422)
    assertContains(dispatcher.post(url, {"purpose": "核实位置"}), "13900000000")
    logged = AccessLog.objects.filter(kind="personal_viewed").values_list("subject", "purpose")
    assert list(logged) == [(number, "核实位置")]


def test_reporter_stays_masked_for_those_without_the_right(desk, number):
    assert pane_of(desk("supervisor"), number).may_reveal is False
    answer = desk("supervisor").post(f"/console/orders/{number}/reveal/", {"purpose": "看看"})
    assert answer.status_code == 403
    assert AccessLog.objects.filter(kind="personal_viewed").count() == 0


def test_order_that_leaves_ones_hands_leaves_the_pane(desk, town, number):
    act(desk("dispatcher"), number, "accept", category="manhole")
    act(desk("dispatcher"), number, "dispatch", department="D2")
    answer = act(desk("handler"), number, "send_back", reason="不属本单位")
    assertContains(answer, "已退回，工单已转出您的范围")


@pytest.mark.parametrize("text", ["\x00", "<script>alert(1)</script>", "\u202e😀", "x" * 5000])
def test_rubbish_in_a_form_is_no_fault(desk, number, text):
    dispatcher = desk("dispatcher")
    names = ("text", "kind", "category", "category_words", "area", "department", "grid", "note",
             "reason", "answer", "version", "key", "purpose")  # fmt: skip
    for action in ("accept", "answer", "reject", "remark", "reveal"):
        answer = act(dispatcher, number, action, **dict.fromkeys(names, text))
        assert answer.status_code in (200, 422)
        assertNotContains(answer, "<script>alert", status_code=answer.status_code)


@pytest.mark.parametrize("state", State)
def test_each_act_of_a_state_has_a_key_of_its_own(state):
    keys = [MANNERS[action].key for action in actions_from(state) if action in MANNERS]
    given = [key for key in keys if key]
    assert sorted(given) == sorted(set(given))
    assert not {"j", "k", "n"} & set(given)


def test_part_of_a_split_order_gets_its_limit(town, desk):
    order = Desk(town).begin("T-1")
    posted = {
        "parts-0-department": town.departments["水务局"].code, "parts-0-text": "疏通雨水口",
        "parts-0-due_at": "2020-01-02T09:30",
    }  # fmt: skip
    refused = act(desk("handler"), order.number, "split", **posted)
    assert refused.status_code == 422
    form = next(face for face in refused.context["pane"].acts if face.action == "split")
    limit = form.fields[0].rows[0][2]
    assert (limit.kind, limit.value, list(limit.errors)) == (
        "moment", "2020-01-02T09:30", ["时间须在将来"],
    )  # fmt: skip
    posted["parts-0-due_at"] = f"{NEXT_YEAR}-01-02T09:30"
    assert act(desk("handler"), order.number, "split", **posted).status_code == 200
    part = WorkOrder.objects.get(parent=order)
    assert part.due_at == datetime(NEXT_YEAR, 1, 2, 1, 30, tzinfo=UTC)
