"""Indicators, the index and walls are edited in the admin; values only looked at."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dashboards.models import (
    DutyShift,
    Episode,
    IndexRule,
    Indicator,
    IndicatorValue,
    StateChange,
    Wall,
)
from dashboards.services import ensure_wall, refresh_figures
from tests.signs import load_signs


@pytest.fixture
def admin_client(town):
    load_signs()
    ensure_wall(slug="district", title="全区", area=town.areas["区"])
    refresh_figures(at=timezone.now())
    client = Client()
    client.force_login(
        User.objects.create_superuser("boss", password="town-pass-2026", name="管理员"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.fixture
def happened(town, admin_client):
    """Let a sign turn red and somebody be on duty."""
    row = IndicatorValue.objects.select_related("indicator", "area").order_by("pk").first()
    now = timezone.now()
    shared = {"indicator": row.indicator, "area": row.area}
    StateChange.objects.create(
        **shared, at=now, from_state="normal", to_state="red", since=now, reason="达到告警阈值"
    )
    Episode.objects.create(**shared, began_at=now, red_at=now)
    DutyShift.objects.create(
        area=row.area,
        person=town.people["leader"],
        starts_at=now,
        ends_at=now + timedelta(hours=8),
    )


@pytest.mark.parametrize(
    "model", [Indicator, IndicatorValue, IndexRule, StateChange, Episode, DutyShift, Wall]
)
def test_lists_and_forms_open(admin_client, happened, model):
    url = f"/admin/dashboards/{model._meta.model_name}/"
    row = model.objects.order_by("pk").first()
    answers = [admin_client.get(url, {"q": "x"}), admin_client.get(f"{url}{row.pk}/change/")]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 12), ({"domain__exact": "economy"}, 2), ({"theme__exact": "environment"}, 0),
        ({"source__exact": "cube"}, 12), ({"state": "red"}, 1), ({"state": "no_data"}, 5),
    ],
)  # fmt: skip
def test_indicators_are_filtered(town, admin_client, query, count):
    IndicatorValue.objects.filter(area=town.areas["区"], state="no_data").update(state="normal")
    codes = Indicator.objects.order_by("code").values_list("code", flat=True)
    for code, state in zip(codes, ["red", *["no_data"] * 5], strict=False):
        signs = IndicatorValue.objects.filter(area=town.areas["区"], indicator__code=code)
        assert signs.update(state=state) == 1
    answer = admin_client.get("/admin/dashboards/indicator/", query)
    assert answer.context["cl"].result_count == count


def test_list_of_indicators_costs_the_same_for_any_number(admin_client):
    costs = []
    for count in (12, 1):
        Indicator.objects.exclude(pk__in=Indicator.objects.values("pk")[:count]).delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert admin_client.get("/admin/dashboards/indicator/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def filled(**changed):
    """Fill the form of an indicator as a person would."""
    return {
        "code": "river-oxygen", "name": "断面溶解氧试行", "definition": "最小值",
        "domain": "environment", "theme": "", "owner": "", "position": 5, "is_active": "on",
        "source": "report", "formula": "reported()", "window": "now", "unit": "mg/L",
        "precision": 1, "reach": "district", "interval_seconds": 300, "plausible_low": 0,
        "plausible_high": 25, "direction": "higher",
        "thresholds": '[{"months": "6-9", "yellow": 4, "red": 2}, {"yellow": 5, "red": 3}]',
        "hysteresis": 0.2, "minimum_seconds": 60, "weight": 1, "order_at": "never",
        "order_category": "", **changed,
    }  # fmt: skip


ADD = "/admin/dashboards/indicator/add/"


def test_indicator_is_added_and_shown_again(admin_client):
    assert admin_client.post(ADD, filled()).status_code == 302
    row = Indicator.objects.get(code="river-oxygen")
    assert row.thresholds == json.loads(filled()["thresholds"])
    body = admin_client.get(f"/admin/dashboards/indicator/{row.pk}/change/").content.decode()
    shown = json.dumps(row.thresholds[0]).replace('"', "&quot;")
    assert f"[\n  {shown},\n" in body
    change = f"/admin/dashboards/indicator/{row.pk}/change/"
    assert admin_client.post(change, filled(thresholds="", code="oxygen")).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.thresholds) == ("oxygen", [])


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"formula": "median(open)"}, "formula", "没有此函数：median"),
        ({"formula": 'value("nothing")', "source": "formula"}, "formula", "没有此指标：nothing"),
        ({"formula": 'value("river-oxygen")', "source": "formula"}, "formula", "公式循环"),
        ({"source": "cube"}, "source", "应为 report"),
        ({"formula": "count(open)", "source": "cube"}, "unit", "单位与公式不符"),
        ({"thresholds": '[{"yellow": 3, "red": 5}]'}, "thresholds", "次序不对"),
        ({"thresholds": '{"yellow": 3}'}, "thresholds", "须为若干行"),
        ({"thresholds": "[5"}, "thresholds", "JSON"),
        ({"interval_seconds": ""}, "interval_seconds", "须有更新间隔"),
        ({"domain": ""}, "domain", "须且只能填一个"),
        ({"theme": "environment"}, "domain", "须且只能填一个"),
        ({"hysteresis": -1}, "hysteresis", "不能为负"),
        ({"weight": "nan"}, "weight", ""),
        ({"precision": 9}, "precision", "须在 0 至 6 之间"),
        ({"plausible_low": 30}, "plausible_low", "合理下限须小于合理上限"),
        ({"order_at": "red"}, "order_category", "须指定事项类别"),
        ({"name": "公共服务满意率"}, "name", "重复"),
        ({"code": "economy-closed"}, "code", ""),
    ],
)
def test_faults_stand_at_their_fields(admin_client, changed, field, message):
    answer = admin_client.post(ADD, filled(**changed))
    errors = answer.context["adminform"].form.errors
    assert (answer.status_code, [*errors]) == (200, [field])
    assert message in errors[field][0]
    assert Indicator.objects.count() == 12


def test_change_that_would_break_another_is_refused(admin_client):
    assert admin_client.post(ADD, filled()).status_code == 302
    half = filled(
        code="half", name="一半", source="formula", formula='0.5 * value("river-oxygen")',
        interval_seconds="",
    )  # fmt: skip
    assert admin_client.post(ADD, half).status_code == 302
    row = Indicator.objects.get(code="river-oxygen")
    url = f"/admin/dashboards/indicator/{row.pk}/change/"
    answers = [
        admin_client.post(url, filled(**change)) for change in ({"unit": "个"}, {"code": "x"})
    ]
    assert [answer.context["adminform"].form.errors["__all__"] for answer in answers] == [
        ["数据库 half（unit）：单位与公式不符：mg/L"],
        ["数据库 half（formula）：没有此指标：river-oxygen"],
    ]
    assert Indicator.objects.get(pk=row.pk).unit == "mg/L"


def test_unknown_code_of_a_formula_is_warned_of(admin_client):
    counted = filled(
        source="cube", formula='count(open, category="9999")', unit="件", interval_seconds=""
    )
    answer = admin_client.post(ADD, counted, follow=True)
    assert "river-oxygen（formula）：没有类别 9999，指标将无数据" in [
        str(message) for message in answer.context["messages"]
    ]
    assert Indicator.objects.filter(code="river-oxygen").exists()


def test_indicators_are_switched_off_and_never_deleted(admin_client):
    row = Indicator.objects.first()
    answer = admin_client.post(f"/admin/dashboards/indicator/{row.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, Indicator.objects.count()) == (403, 12)


RULE = {"name": "试行", "formula": "100 - 5 * red_weight", "domain_weights": '{"economy": 2}'}


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"formula": "100 - blue_weight"}, "formula", "没有此变量：blue_weight"),
        ({"formula": "100 -"}, "formula", "不合语法"),
        ({"domain_weights": '{"weather": 2}'}, "domain_weights", "没有这些领域：weather"),
        ({"domain_weights": '{"economy": -1}'}, "domain_weights", "不小于 0"),
        ({"domain_weights": '{"economy": true}'}, "domain_weights", "不小于 0"),
        ({"domain_weights": "[1]"}, "domain_weights", "须写作"),
        ({"domain_weights": json.dumps(dict.fromkeys([
            "public_service", "public_safety", "social_governance", "urban_management",
            "environment", "economy"], 0))}, "domain_weights", "不能全为 0"),
    ],
)  # fmt: skip
def test_wrong_index_rule_is_refused(admin_client, changed, field, message):
    answer = admin_client.post("/admin/dashboards/indexrule/add/", {**RULE, **changed})
    errors = answer.context["adminform"].form.errors
    assert (answer.status_code, [*errors]) == (200, [field])
    assert message in errors[field][0]


def test_one_index_rule_is_in_force(admin_client):
    url = "/admin/dashboards/indexrule/"
    shipped = IndexRule.objects.get()
    assert admin_client.post(f"{url}add/", RULE).status_code == 302
    new = IndexRule.objects.get(name="试行")
    assert (shipped.is_active, new.is_active) == (True, False)
    both = {"action": "use_rule", "_selected_action": [shipped.pk, new.pk]}
    admin_client.post(url, both)
    assert IndexRule.objects.get(is_active=True) == shipped
    admin_client.post(url, {**both, "_selected_action": [new.pk]})
    assert IndexRule.objects.get(is_active=True) == new
    gone = [
        admin_client.post(f"{url}{rule.pk}/delete/", {"post": "yes"}).status_code
        for rule in (new, shipped)
    ]
    assert (gone, IndexRule.objects.get()) == ([403, 302], new)


@pytest.mark.parametrize("model", [StateChange, Episode])
def test_history_is_not_edited(admin_client, happened, model):
    url = f"/admin/dashboards/{model._meta.model_name}/"
    row = model.objects.get()
    answers = [
        admin_client.post(f"{url}{row.pk}/change/", {"reason": "x"}),
        admin_client.post(f"{url}{row.pk}/delete/", {"post": "yes"}),
        admin_client.post(f"{url}add/", {}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_shift_ends_after_it_begins(town, admin_client):
    form = {
        "area": town.areas["区"].pk, "person": town.people["leader"].pk, "is_leader": "on",
        "starts_at_0": "2026-03-02", "starts_at_1": "18:00",
        "ends_at_0": "2026-03-02", "ends_at_1": "08:00",
    }  # fmt: skip
    url = "/admin/dashboards/dutyshift/add/"
    answer = admin_client.post(url, form)
    assert answer.context["adminform"].form.errors["ends_at"] == ["结束须晚于开始。"]
    assert admin_client.post(url, {**form, "ends_at_0": "2026-03-03"}).status_code == 302
    assert DutyShift.objects.get().ends_at.isoformat() == "2026-03-03T00:00:00+00:00"


def test_values_are_not_edited(admin_client):
    row = IndicatorValue.objects.order_by("pk").first()
    answer = admin_client.post(f"/admin/dashboards/indicatorvalue/{row.pk}/change/", {"value": "5"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("tiles", "is_saved"),
    [
        ('["environment-overdue"]', True),
        ("[]", True),
        ('["unknown"]', False),
        ("[1]", False),
        ("5", False),
        ('"environment-overdue"', False),
    ],
)
def test_tiles_name_known_indicators(admin_client, tiles, is_saved):
    wall = Wall.objects.get()
    form = {"slug": "changed", "title": "全区", "area": wall.area_id, "tiles": tiles}
    form["variant"] = "single"
    admin_client.post(f"/admin/dashboards/wall/{wall.pk}/change/", form)
    assert Wall.objects.filter(slug="changed").exists() is is_saved


@pytest.mark.parametrize(
    ("name", "is_saved"),
    [("区", True), ("东街", True), ("东街1社区", False), ("东街1社区1格", False)],
)
def test_wall_hangs_where_indicators_have_values(town, admin_client, name, is_saved):
    wall = Wall.objects.get()
    form = {"slug": "changed", "title": "一处", "area": town.areas[name].pk, "tiles": "[]"}
    answer = admin_client.post(
        f"/admin/dashboards/wall/{wall.pk}/change/", {**form, "variant": "single"}
    )
    assert Wall.objects.filter(slug="changed").exists() is is_saved
    assert ("大屏须挂在区或街道上" in answer.content.decode()) is not is_saved
