"""Cross-checks in the admin: each fault of a rule is told at its field, and nothing is kept."""

import pytest
from django.urls import reverse

from datahub.columns import Column
from datahub.enums import CheckKind as K
from datahub.models import CheckRun, CrossCheck
from datahub.services import publish_schema, run_cross_checks
from tests.datahub.checks import AT, add_table, both, fill

ADD = "/admin/datahub/crosscheck/add/"


@pytest.fixture
def tables(town, people, client):
    client.force_login(people["administrator"])
    return [add_table(f"t{n}", town.departments["城管局"]) for n in (1, 2)]


def form(tables, *, kind=K.BOTH, count=2, **changes):
    """Fill the form of a rule; `changes` are like `s0_conditions="..."`."""
    given = {
        "code": "c", "name": "比对", "kind": kind, "about": "", "is_active": "on",
        "sides-TOTAL_FORMS": str(count), "sides-INITIAL_FORMS": "0", "sides-MIN_NUM_FORMS": "0",
        "sides-MAX_NUM_FORMS": "5",
    }  # fmt: skip
    for place in range(count):
        side = {"position": place + 1, "resource": tables[place].pk, "key_column": "no"}
        given |= {f"sides-{place}-{name}": str(value) for name, value in side.items()}
    for name, value in changes.items():
        place, field = name[1:].split("_", 1)
        given[f"sides-{place}-{field}"] = value
    return given


def faults_of(answer):
    (sides,) = answer.context["inline_admin_formsets"]
    formset = sides.formset
    found = {
        (place, field): words[0]
        for place, one in enumerate(formset.forms)
        for field, words in one.errors.items()
    }
    if above := formset.non_form_errors():
        found[None, ""] = " ".join(above)
    return found


def test_good_rule_is_kept_and_said_in_words(tables, client):
    lines = "grade = A\r\non_day >= 今天-30\r\namount > 2.amount"
    answer = client.post(ADD, form(tables, s0_conditions=lines))
    assert (answer.status_code, CheckRun.objects.count()) == (302, 0)
    check = CrossCheck.objects.get()
    page = client.get(reverse("admin:datahub_crosscheck_change", args=[check.pk])).content.decode()
    words = "第1方 城管局《资源t1》中等级 = A且日期 ≥ 今天-30且数量 &gt; 第2方的数量的行有同一编号"
    assert words in page
    fill(tables[0], [{"no": "a", "grade": "A", "on_day": AT.date(), "amount": 2}])
    fill(tables[1], [{"no": "a", "amount": 1}])
    action = {"action": "run_now", "_selected_action": [check.pk]}
    client.post("/admin/datahub/crosscheck/", action)
    assert CheckRun.objects.get().problem == ""
    assert [run.found for run in run_cross_checks(at=AT)] == [1]


@pytest.mark.parametrize(
    ("kind", "changes", "place", "words"),
    [
        (K.BOTH, {"s1_key_column": "nr"}, (1, "key_column"), "没有列 nr"),
        (K.BOTH, {"s1_key_column": "amount"}, (1, "key_column"), "类型不同"),
        (K.BOTH, {"s0_key_column": "place"}, (0, "key_column"), "不能用来比对"),
        (K.BOTH, {"s0_key_column": ""}, (0, "key_column"), ""),
        (K.BOTH, {"s0_conditions": "grade ="}, (0, "conditions"), "看不懂"),
        (K.BOTH, {"s0_conditions": "SELECT 1"}, (0, "conditions"), "看不懂"),
        (K.BOTH, {"s0_conditions": "x = 1"}, (0, "conditions"), "没有列 x"),
        (K.BOTH, {"s0_conditions": "on_day > 昨天"}, (0, "conditions"), "不是有效日期"),
        (K.BOTH, {"s0_conditions": "amount > 1.5.2"}, (0, "conditions"), "不是整数"),
        (K.BOTH, {"s0_conditions": "place = 118,32"}, (0, "conditions"), "只能问是否为空"),
        (K.BOTH, {"s0_conditions": "on_day > 2.amount"}, (0, "conditions"), "类型不同"),
        (K.BOTH, {"s0_conditions": "on_day > 3.on_day"}, (0, "conditions"), "第 3 方"),
        (K.BOTH, {"s0_conditions": "on_day > 1.on_day"}, (0, "conditions"), "第 1 方"),
        (K.BOTH, {"s1_is_absent": "on"}, (1, "is_absent"), "只用于"),
        (K.BOTH, {"s0_value_column": "amount"}, (0, "value_column"), "只用于"),
        (K.BOTH, {"s1_position": "3"}, (None, ""), "依次编号"),
        (K.BOTH, {"s0_place_column": "area", "s1_place_column": "area"}, (None, ""), "只能有一个"),
        (K.MISSING, {}, (None, ""), "须有一方勾选"),
        (K.MISSING, {"s1_is_absent": "on", "s1_label_column": "title"}, (1, "label_column"),
         "没有可取的值"),
        (K.MISSING, {"s1_is_absent": "on", "s0_conditions": "amount > 2.amount"},
         (0, "conditions"), "没有可比的值"),
        (K.MISSING, {"s0_is_absent": "on"}, None, ""),
        (K.DIFFER, {"s0_value_column": "amount"}, (None, ""), "两方的比较列"),
        (K.DIFFER, {"s0_value_column": "amount", "s1_value_column": "grade"}, (1, "value_column"),
         "类型须相同"),
    ],
)  # fmt: skip
def test_bad_rule_is_refused_at_its_field(tables, client, kind, changes, place, words):
    answer = client.post(ADD, form(tables, kind=kind, **changes))
    assert (answer.status_code, CrossCheck.objects.count()) == (200, 0)
    faults = faults_of(answer)
    assert faults != {}
    if place is not None:
        assert words in faults[place]


def test_one_side_is_no_comparison(tables, client):
    faults = faults_of(client.post(ADD, form(tables, count=1)))
    assert "至少要有两方" in faults[None, ""]


def test_resource_without_columns_is_told(tables, client):
    tables[1].schema = None
    tables[1].save(update_fields=["schema"])
    faults = faults_of(client.post(ADD, form(tables)))
    assert faults[1, "resource"] == "此资源还没有数据结构。"


def test_only_administrators_change_rules(tables, client, people):
    both("c", (tables[0], {}), (tables[1], {}))
    for name in ("dispatcher", "handler", "nobody"):
        client.force_login(people[name])
        assert client.get("/admin/datahub/crosscheck/").status_code == 302
    client.force_login(people["administrator"])
    pk = CrossCheck.objects.get().pk
    assert client.post(f"/admin/datahub/crosscheck/{pk}/delete/").status_code == 403


def test_key_that_changes_its_type_is_told_at_the_next_run(tables):
    check = both("c", (tables[0], {}), (tables[1], {}))
    columns = [Column("no", "编号", "integer")]
    publish_schema(resource=tables[1], columns=columns, at=AT)
    (run,) = run_cross_checks(at=AT)
    assert (run.cross_check, run.problem) == (check, "第 2 方：与第 1 方的编号类型不同。")
