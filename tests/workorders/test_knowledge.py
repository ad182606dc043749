"""The knowledge base: who reads it, what it finds and no longer says, and answering from it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from accounts.services import grant_administration
from tests.workorders.console_page import pane_of
from workorders.enums import Action, KnowledgeState, Nature
from workorders.models import Event, KnowledgeEntry, OutdatedMark, WorkOrder
from workorders.services.knowledge import settle_marks

PAGE, API = "/console/register/", "/api/v1/knowledge/"
EAST, WEST = "118.620000,32.020000", "118.520000,32.020000"
READERS = ("dispatcher", "handler", "worker", "clerk", "supervisor", "leader")


@pytest.fixture
def add(town):
    def entry(question="社保卡丢了怎么补办", answer="带身份证到合作银行网点补领。", **changes):
        changes = {"state": KnowledgeState.PUBLISHED, **changes}
        return KnowledgeEntry.objects.create(
            question=question, answer=answer, department=town.departments["城管局"], **changes
        )

    return entry


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def questions(answer):
    return [row["question"] for row in answer.data["results"]]


@pytest.mark.parametrize("person", READERS)
def test_published_entries_are_read_by_all_who_see_orders(api, add, person):
    add()
    add("草稿里的问题", state=KnowledgeState.DRAFT)
    add("停用的问题", state=KnowledgeState.WITHDRAWN)
    assert questions(api(person).get(API)) == ["社保卡丢了怎么补办"]


def test_others_read_nothing(api, add):
    entry = add()
    reporter = api("reporter")
    assert questions(reporter.get(API)) == []
    assert questions(reporter.get(API, {"q": "社保卡"})) == []
    assert reporter.post(f"{API}{entry.pk}/outdated/").status_code == 403
    assert Client().get(API).status_code == 401
    assert Client().post(f"{API}{entry.pk}/outdated/").status_code == 401
    assert OutdatedMark.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("社保", ["社保卡丢了怎么补办"]),
        ("补办 社保卡", ["社保卡丢了怎么补办"]),
        ("身份证", ["社保卡丢了怎么补办", "居住证怎么办理"]),
        ("居", ["居住证怎么办理"]),
        ("ETC", ["怎么办理ETC"]),
        ("ｅｔｃ", ["怎么办理ETC"]),
        ("保社", []),
        ("% _", []),
        ("'; drop", []),
        ("", ["居住证怎么办理", "怎么办理ETC", "社保卡丢了怎么补办"]),
    ],
)
def test_words_find_entries_by_question_and_answer(api, add, words, found):
    add()
    add("居住证怎么办理", "带身份证到派出所。")
    add("怎么办理ETC", "到银行网点。")
    assert sorted(questions(api("east").get(API, {"q": words}))) == sorted(found)


def test_question_itself_comes_first_however_many_mention_the_word(api, add):
    for n in range(60):
        add(f"业务{n:02}", "可以补办社保卡。")
    add("社保卡丢了怎么补办")  # sorts behind them all
    rows = questions(api("east").get(API, {"q": "社保卡"}))
    assert (rows[0], len(rows)) == ("社保卡丢了怎么补办", 50)


@pytest.mark.parametrize("words", ["a\x00b", "长" * 81])
def test_words_that_cannot_be_meant_are_no_fault(api, add, words):
    assert api("east").get(API, {"q": words}).status_code in (200, 400)


def test_expired_entries_come_last_and_marked(api, add):
    add("停水了怎么办", valid_until=yesterday())
    add("停水多久恢复", valid_until=timezone.localdate())
    rows = api("east").get(API, {"q": "停水"}).data["results"]
    assert [(row["question"], row["is_expired"]) for row in rows] == [
        ("停水多久恢复", False), ("停水了怎么办", True),
    ]  # fmt: skip


def test_reader_says_that_an_entry_no_longer_holds(api, add):
    entry, other = add(), add("社保卡在哪里激活")
    east = api("east")
    for note in ("换地方了", "网点已搬"):
        answer = east.post(f"{API}{entry.pk}/outdated/", {"note": note}, format="json")
        assert answer.status_code == 204
    api("west").post(f"{API}{entry.pk}/outdated/", {}, format="json")
    mark = OutdatedMark.objects.get(user__username="east")
    assert (mark.note, OutdatedMark.objects.count()) == ("网点已搬", 2)
    rows = east.get(API, {"q": "社保卡"}).data["results"]
    assert [(row["id"], row["doubts"]) for row in rows] == [(other.pk, 0), (entry.pk, 2)]
    assert settle_marks(entries=[entry.pk], at=timezone.now()) == 2
    assert {row["doubts"] for row in east.get(API).data["results"]} == {0}


@pytest.mark.parametrize(
    ("pk", "body", "status"),
    [(None, {"note": "长" * 201}, 400), (None, {"note": [1]}, 400), (0, {}, 404), (2**63, {}, 404)],
)
def test_bad_word_about_an_entry_is_refused(api, add, pk, body, status):
    entry = add()
    url = f"{API}{entry.pk if pk is None else pk}/outdated/"
    answer = api("east").post(url, body, format="json")
    assert answer.status_code == status
    assert OutdatedMark.objects.count() == 0


def test_console_takes_the_same_word(desk, add):
    entry = add()
    url = f"/console/knowledge/{entry.pk}/outdated/"
    assertContains(desk("east").post(url, {"note": "搬了"}), "已反馈")
    assert desk("east").post(url, {"note": "长" * 201}).status_code == 422
    assert desk("reporter").post(url, {}).status_code == 403
    assert desk("east").post("/console/knowledge/99999999/outdated/", {}).status_code == 404
    assert OutdatedMark.objects.get().note == "搬了"


def beside(client, **typed):
    return client.post(f"{PAGE}{uuid4()}/", {"turn": 1, **typed}).json()["knowledge"]


def test_what_a_caller_says_finds_the_entry_that_answers_it(desk, add, town):
    add()
    add("路灯不亮多久能修好", category=town.categories["noise"])
    add("上下班怎么走", "看路况。")
    add("社保卡余额怎么查", valid_until=yesterday())
    told = beside(desk("east"), text="你好，我想问一下我的社保卡丢了应该怎么补办")
    current, _, expired = told.partition("已过期")
    assert "社保卡丢了怎么补办" in current
    assert "路灯" not in told
    assert "上下班" not in told
    assert "社保卡余额" not in current
    assert "data-use" not in expired
    assert (
        "社保卡余额怎么查" in beside(desk("east"), text="社保卡余额怎么查啊").partition("已过期")[2]
    )
    assert "没有相近" in beside(desk("east"), text="完全不相干的话题")
    assert "路灯不亮" in beside(desk("east"), text="完全不相干的话题", asked="路灯")


@pytest.fixture
def take(desk):
    def register(person="east", uuid=None, **changes):
        typed = {
            "text": "社保卡丢了怎么补办",
            "pin": EAST,
            "nature": Nature.ADVICE,
            "mode": "answer",
            "answer": "带身份证到银行补领",
            "record_uuid": str(uuid or uuid4()),
            **changes,
        }
        return desk(person).post(PAGE, typed, headers={"HX-Request": "true"})

    return register


def test_direct_answer_registers_and_closes_in_one_go(take, desk, add):
    entry, uuid = add(), uuid4()
    answer = take(uuid=uuid, entry=entry.pk)
    assertContains(answer, "已答复办结")
    order = WorkOrder.objects.get()
    assert (order.state, order.answer) == ("closed", "带身份证到银行补领")
    assert order.closed_at == order.registered_at
    register, answered = Event.objects.order_by("sequence")
    assert (register.action, answered.action) == (Action.REGISTER, Action.ANSWER)
    assert answered.content["knowledge"] == {"id": entry.pk, "question": entry.question}
    assert all(clock.met_at for clock in order.clocks.all())
    deeds = [entry.deed for entry in pane_of(desk("east"), order.number).entries]
    assert "即时答复，依据问答「社保卡丢了怎么补办」" in deeds
    assertContains(take(uuid=uuid, entry=entry.pk), "没有重复登记")
    assert Event.objects.count() == 2


def test_answer_of_ones_own_needs_no_entry(take):
    take()
    assert Event.objects.get(action=Action.ANSWER).content.get("knowledge") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer": ""}, "answer"),
        ({"answer": "长" * 4001}, "answer"),
        ({"entry": "x"}, "entry"),
        ({"entry": "0"}, "entry"),
        ({"entry": "9" * 30}, "entry"),
        ({"entry": "99999999"}, "entry"),
        ({"text": ""}, "text"),
        ({"pin": ""}, "address"),
        ({"pin": WEST}, "address"),
    ],
)
def test_answer_that_cannot_be_given_registers_nothing(take, changes, field):
    answer = take(**changes)
    assert (answer.status_code, set(answer.context["problem"].fields)) == (422, {field})
    assertContains(answer, "登记并答复办结", status_code=422)
    if "answer" not in changes:
        assertContains(answer, "带身份证到银行补领</textarea>", status_code=422)
    assert (WorkOrder.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("state", "is_over", "said"),
    [
        (KnowledgeState.PUBLISHED, True, "已过期"),
        (KnowledgeState.DRAFT, False, "已停用"),
        (KnowledgeState.WITHDRAWN, False, "已停用"),
    ],
)
def test_entry_that_no_longer_holds_answers_nobody(take, add, state, is_over, said):
    entry = add(state=state, valid_until=yesterday() if is_over else None)
    answer = take(entry=entry.pk)
    assertContains(answer, said, status_code=422)
    assert WorkOrder.objects.count() == 0


@pytest.mark.parametrize("person", ["handler", "worker", "clerk", "leader"])
def test_those_who_take_no_calls_answer_none(take, person):
    assert take(person).status_code == 403
    assert WorkOrder.objects.count() == 0


def test_search_goes_by_the_index(add):
    add()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM workorders_knowledgeentry WHERE grams @@ '''社保'''::tsquery"
        )
        assert "knowledge_grams" in "".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def keeper(town):
    person = User.objects.create_user("keeper", password="x", name="管理员")
    grant_administration(user=person)
    client = Client()
    client.force_login(person)
    return client


def test_admin_keeps_the_entries_and_sees_what_readers_say(keeper, desk, add, town):
    entry = add()
    desk("east").post(f"/console/knowledge/{entry.pk}/outdated/", {"note": "网点已搬"})
    url = reverse("admin:workorders_knowledgeentry_changelist")
    assertContains(keeper.get(url, {"doubted": "yes"}), entry.question)
    assertNotContains(keeper.get(url, {"expired": "yes"}), entry.question)
    change = reverse("admin:workorders_knowledgeentry_change", args=[entry.pk])
    assertContains(keeper.get(change), "网点已搬")
    keeper.post(url, {"action": "settle", "_selected_action": [entry.pk]})
    assert OutdatedMark.objects.get().settled_at is not None
    typed = {
        "question": "新问题", "answer": "新答复", "department": town.departments["水务局"].pk,
        "category": "", "valid_until": "2030-01-01", "state": "published",
    }  # fmt: skip
    marks = {f"marks-{name}_FORMS": number for name, number in
             (("TOTAL", 0), ("INITIAL", 0), ("MIN_NUM", 0), ("MAX_NUM", 0))}  # fmt: skip
    add_url = reverse("admin:workorders_knowledgeentry_add")
    assert keeper.post(add_url, {**typed, **marks}).status_code == 302
    assert KnowledgeEntry.objects.get(question="新问题").valid_until.year == 2030
    refused = keeper.post(add_url, {**typed, **marks, "answer": "长" * 4001, "question": ""})
    errors = refused.context["adminform"].errors
    assert set(errors) == {"question", "answer"}
    delete = reverse("admin:workorders_knowledgeentry_delete", args=[entry.pk])
    assert keeper.get(delete).status_code == 403
    assert desk("dispatcher").get(url).status_code == 302
