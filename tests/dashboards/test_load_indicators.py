"""Loading, comparing and exporting indicators: all or nothing, and every fault by its place."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from dashboards.indicators import read_files, shipped_files
from dashboards.models import IndexRule, Indicator
from dashboards.services import load_indicators
from tests.signs import first_signs, load_signs

GOOD = {
    "code": "river-oxygen",
    "name": "断面溶解氧试行",
    "definition": "自动站溶解氧浓度的最小值",
    "domain": "environment",
    "unit": "mg/L",
    "precision": 1,
    "direction": "higher",
    "source": "report",
    "formula": "reported()",
    "interval": 300,
    "thresholds": [{"months": "6-9", "yellow": 4, "red": 2}, {"yellow": 5, "red": 3}],
    "hysteresis": 0.2,
    "minimum": 60,
    "plausible": [0, 25],
    "owner": "HB",
    "weight": 2,
}
CUBE = {
    "source": "cube", "formula": "count(open)", "unit": "件", "interval": None,
    "direction": "lower", "thresholds": [{"yellow": 5, "red": 9}],
}  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(*rows, name="some.yaml", **common):
        path = tmp_path / name
        content = {**common, "indicators": list(rows)}
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return path

    return write


def run(*args, **options):
    """Run the command; give the lines of its output, those of its errors, and its exit code."""
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("load_indicators", *map(str, args), stdout=out, stderr=err, **options)
    except SystemExit as stop:
        code = stop.code
    except CommandError as error:
        code = error.returncode
        err.write(f"{error}\n")
    return out.getvalue().splitlines(), err.getvalue().splitlines(), code


def state_of_database():
    return list(Indicator.objects.order_by("code").values())


@pytest.mark.parametrize(
    ("change", "word", "message"),
    [
        ({"code": "有空格 的"}, "code", "只能用字母"),
        ({"code": ""}, "code", "不能为空"),
        ({"code": 5}, "code", "须为文字"),
        ({"code": ["a"]}, "code", "须为文字"),
        ({"name": ""}, "name", "不能为空"),
        ({"name": "很" * 61}, "name", "不能超过 60 字"),
        ({"unit": "很长很长很长很长很长很长长"}, "unit", "不能超过 12 字"),
        ({"theme": "environment"}, "domain", "须且只能填一个"),
        ({"domain": ""}, "domain", "须且只能填一个"),
        ({"domain": "weather"}, "domain", "须为：public_service"),
        ({"domain": "", "theme": "economy"}, "theme", "须为：party_building"),
        ({"direction": "up"}, "direction", "须为：higher"),
        ({"window": "year"}, "window", "须为：now"),
        ({"source": "sensor"}, "source", "须为：cube"),
        ({"source": "cube"}, "source", "应为 report（部门报送）"),
        ({"reach": "grid"}, "reach", "须为：district"),
        ({"precision": -1}, "precision", "须在 0 至 6 之间"),
        ({"precision": 1.5}, "precision", "须为整数：1.5"),
        ({"precision": True}, "precision", "须为整数：True"),
        ({"hysteresis": -0.1}, "hysteresis", "不能为负"),
        ({"hysteresis": float("nan")}, "hysteresis", "须为数：nan"),
        ({"hysteresis": "5"}, "hysteresis", "须为数：5"),
        ({"weight": -1}, "weight", "不能为负"),
        ({"weight": 10**400}, "weight", "须为数"),
        ({"minimum": -60}, "minimum", "须在 0 至"),
        ({"minimum": 10**12}, "minimum", "须在 0 至"),
        ({"interval": None}, "interval", "须有更新间隔"),
        ({"interval": "5 minutes"}, "interval", "须为整数"),
        ({"active": "no"}, "active", "须为 true 或 false"),
        ({"owner": False}, "owner", "须为文字"),
        ({"plausible": [9, 1]}, "plausible", "合理下限须小于合理上限"),
        ({"plausible": 9}, "plausible", "须写作 [下限, 上限]"),
        ({"plausible": [1, "x"]}, "plausible", "须为数：x"),
        ({"order": "red"}, "order", "须写作 {at: red"),
        ({"order": {"at": "red"}}, "order", "须写作 {at: red"),
        ({"order": {"at": "red", "category": ""}}, "order", "须指定事项类别"),
        ({"order": {"at": "green", "category": "0501"}}, "order", "须为：never"),
        ({"order": {"at": "red", "category": 501}}, "order", "须为文字"),
        ({"thresholds": 5}, "thresholds", "须为若干行"),
        ({"thresholds": [5]}, "thresholds", "须为若干行"),
        ({"thresholds": [{"yellow": 3, "red": 5}]}, "thresholds", "第 1 行的预警与告警"),
        ({"thresholds": [{"yellow": float("inf")}]}, "thresholds", "须为有限的数"),
        ({"thresholds": [{"months": "6-9", "yellow": 1}]}, "thresholds", "最后一行"),
        ({"thresholds": [{"months": "夏", "yellow": 1}, {}]}, "thresholds", "须写作 11-3"),
        ({"thresholds": [{"level": "street", "yellow": 1}, {}]}, "thresholds", "范围不含街道"),
        ({"thresholds": [{"level": "grid", "yellow": 1}, {}]}, "thresholds", "层级须为"),
        ({"thresholds": [{"orange": 1, 5: 2}]}, "thresholds", "不认识的项：5、orange"),
        ({"direction": "band", "thresholds": [{"yellow": 5}]}, "thresholds", "[下限, 上限]"),
        ({"direction": "band", "thresholds": [{"yellow": [1, 2]}], "hysteresis": 0.6},
         "hysteresis", "小于区间宽度的一半"),
        ({"treshold": 5}, "", "不认识的项：treshold"),
        ({"plausible_low": 5}, "", "不认识的项：plausible_low"),
        ({**CUBE, "formula": "median(open)"}, "formula", "没有此函数：median"),
        ({**CUBE, "formula": "count(opened)"}, "formula", "没有此计数：opened"),
        ({**CUBE, "formula": 'count(open, colour="red")'}, "formula", "没有此筛选：colour"),
        ({**CUBE, "formula": 'count(open, domain="weather")'}, "formula", "筛选 domain 的值不对"),
        ({**CUBE, "formula": "count(open"}, "formula", "不合语法"),
        ({**CUBE, "formula": "__import__('os')"}, "formula", "没有此函数"),
        ({**CUBE, "formula": "count(open) + reported()"}, "formula", "不能与其他来源混用"),
        ({**CUBE, "formula": "count(open) + mean_hours()"}, "formula", "单位不同的量不能加减"),
        ({**CUBE, "unit": "小时"}, "unit", "单位与公式不符：小时"),
        ({**CUBE, "formula": "count(open) / workers()", "source": "grid"}, "unit",
         "单位与公式不符：件"),
        ({**CUBE, "formula": 'value("nothing")', "source": "formula"}, "formula",
         "没有此指标：nothing"),
        ({**CUBE, "formula": 'value("river-oxygen") + count(open)', "source": "formula"}, "formula",
         "公式循环：river-oxygen → river-oxygen"),
    ],
)  # fmt: skip
def test_bad_row_is_named_with_file_code_and_field(db, write, change, word, message):
    row = {**GOOD, **change}
    lines, errors, code = run(write({**GOOD, "code": "fine", "name": "无误的指标"}, row))
    assert (lines, code, Indicator.objects.count()) == ([], 2, 0)
    assert errors[-1] == "1 处错误，未作任何改动。"
    place = f"some.yaml 第 2 项 {row['code']}".strip()
    assert errors[0].startswith(f"{place}（{word}）：" if word else f"{place}：")
    assert message in errors[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("indicators: [", "不能读作 YAML"),
        ("- code: x", "须有 indicators 列表"),
        ("indicators: 5", "须有 indicators 列表"),
        ("", "须有 indicators 列表"),
        ("themes: x\nindicators: []", "不认识的项：themes"),
        (b"\xff\xfe\x00", "不能读作 YAML"),
    ],
)
def test_file_that_is_no_catalogue_is_named(db, tmp_path, content, message):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, errors, code = run(path)
    assert (errors[0].startswith("broken.yaml："), message in errors[0], code) == (True, True, 2)


def test_missing_file_is_named(db, tmp_path):
    _, errors, code = run(tmp_path / "away.yaml")
    assert (errors[0].startswith("away.yaml：不能读作 YAML"), code) == (True, 2)


def test_every_bad_row_of_every_file_is_named_at_once(db, write):
    first = write({**GOOD, "weight": -1, "unit": "很" * 13}, "nothing", name="first.yaml")
    second = write(GOOD, {**GOOD, "domain": "weather"}, name="second.yaml")
    _, errors, code = run(first, second)
    assert [line.partition("：")[0] for line in errors] == [
        "first.yaml 第 1 项 river-oxygen（unit）",
        "first.yaml 第 1 项 river-oxygen（weight）",
        "first.yaml 第 2 项",
        "second.yaml 第 2 项 river-oxygen（domain）",
        "second.yaml 第 1 项 river-oxygen（code）",
        "second.yaml 第 1 项 river-oxygen（name）",
        "second.yaml 第 2 项 river-oxygen（code）",
        "second.yaml 第 2 项 river-oxygen（name）",
        "8 处错误，未作任何改动。",
    ]
    assert (code, Indicator.objects.count()) == (2, 0)


def test_cycle_through_others_is_told(db, write):
    def of(code, formula):
        return {
            **GOOD, "code": code, "name": code, "source": "formula", "formula": formula,
            "interval": None,
        }  # fmt: skip

    rows = [of("a", 'value("b")'), of("b", 'value("c") + 1'), of("c", '2 * value("a")')]
    _, errors, code = run(write(*rows))
    assert (errors[0].endswith("（formula）：公式循环：a → b → c → a"), code) == (True, 2)
    assert Indicator.objects.count() == 0


def test_shipped_catalogue_loads_once_and_keeps_what_was_edited(db):
    count = len(read_files(shipped_files()))
    first = load_indicators()
    Indicator.objects.filter(code="environment-overdue").update(weight=9)
    again = load_indicators()
    assert (len(first.added), again.added, again.changed) == (count, (), ())
    assert Indicator.objects.get(code="environment-overdue").weight == 9
    positions = list(Indicator.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, count + 1))
    assert IndexRule.objects.filter(is_active=True).count() == 1


def test_update_takes_the_file_over_and_leaves_the_rest(db, write):
    load_signs()
    Indicator.objects.filter(code="environment-overdue").update(is_active=False)
    before = {row["code"]: row for row in state_of_database()}
    sign = first_signs()[0]
    changed = {
        "code": sign.code, "name": "改名", "domain": "public_service", "unit": "件",
        "source": "cube", "formula": "count(closed)", "active": False,
    }  # fmt: skip
    lines, _, code = run(write(changed, GOOD), update=True)
    assert (lines, code) == (["新增 1 个指标，修改 1 个，未动 0 个"], 0)
    after = {row["code"]: row for row in state_of_database()}
    assert after.keys() - before.keys() == {"river-oxygen"}
    assert [name for name, row in before.items() if after[name] != row] == [sign.code]
    one = Indicator.objects.get(code=sign.code)
    assert (one.name, one.formula, one.thresholds, one.is_active, one.hysteresis) == (
        "改名", "count(closed)", [], False, 0,
    )  # fmt: skip


def test_update_that_would_break_another_is_refused(db, write):
    half = {
        **GOOD, "code": "half", "name": "一半", "source": "formula", "interval": None,
        "formula": '0.5 * value("river-oxygen")',
    }  # fmt: skip
    assert run(write(GOOD, half))[2] == 0
    before = state_of_database()
    _, errors, code = run(write({**GOOD, "unit": "个"}), update=True)
    assert (errors[0], code) == ("数据库 half（unit）：单位与公式不符：mg/L", 2)
    assert state_of_database() == before


def test_new_row_that_does_not_go_with_an_edited_one_is_refused(db, write):
    """Without --update the edited row stays: the new one must go with it, not with the file's."""
    assert run(write(GOOD))[2] == 0
    Indicator.objects.update(unit="个")
    half = {
        **GOOD, "code": "half", "name": "一半", "source": "formula", "interval": None,
        "formula": '0.5 * value("river-oxygen")',
    }  # fmt: skip
    _, errors, code = run(write(GOOD, half))
    assert (errors[0], code) == ("some.yaml 第 2 项 half（unit）：单位与公式不符：mg/L", 2)


def test_unknown_codes_are_warned_of_and_left_empty(town, write):
    row = {**GOOD, "owner": "NN", "order": {"at": "red", "category": "9999"}}
    cube = {
        **GOOD, **CUBE, "code": "cube", "name": "计数", "owner": "D2",
        "formula": 'count(open, category="9998", channel="pigeon", department="NN")',
    }  # fmt: skip
    _, errors, code = run(write(row, cube))
    assert (code, errors) == (0, [
        "提醒：river-oxygen（owner）：没有部门 NN，责任部门留空",
        "提醒：river-oxygen（order）：没有类别 9999，不自动派单",
        "提醒：cube（formula）：没有类别 9998，指标将无数据",
        "提醒：cube（formula）：没有渠道 pigeon，指标将无数据",
        "提醒：cube（formula）：没有部门 NN，指标将无数据",
    ])  # fmt: skip
    loaded = Indicator.objects.get(code="river-oxygen")
    assert (loaded.owner, loaded.order_at, loaded.order_category) == (None, "never", None)
    assert Indicator.objects.get(code="cube").owner == town.departments["城管局"]


def test_diff_tells_field_by_field_and_changes_nothing(town, write):
    load_signs()
    path = write({**GOOD, "owner": "D2"})
    assert run(path)[2] == 0
    code_of = town.departments["城管局"].code
    changed = {**GOOD, "owner": "NN", "weight": 3, "thresholds": [{"yellow": 5, "red": 3}]}
    other = {**GOOD, "code": "other", "name": "另一个"}
    before = state_of_database()
    lines, errors, code = run(write(changed, other), diff=True)
    assert (lines[:4], code) == ([
        "river-oxygen（thresholds）：数据库 months 6-9，yellow 4，red 2；yellow 5，red 3"
        " → 文件 yellow 5，red 3",
        f"river-oxygen（owner）：数据库 {code_of} → 文件 空",
        "river-oxygen（weight）：数据库 2 → 文件 3",
        "other：数据库中没有",
    ], 1)  # fmt: skip
    assert lines[4].startswith("另有 12 个指标只在数据库中：public-service-satisfaction、")
    assert lines[5:] == ["共比对 2 个指标，不同 4 处"]
    assert "提醒：river-oxygen（owner）：没有部门 NN，责任部门留空" in errors
    assert state_of_database() == before
    lines, errors, code = run(write({**changed, "weight": -1}), diff=True)
    assert (lines, errors[0].endswith("（weight）：不能为负"), code) == ([], True, 2)
    lines, errors, code = run(write({**GOOD, "owner": "D2"}), diff=True)
    assert (lines[1:], errors, code) == (["共比对 1 个指标，不同 0 处"], [], 0)


def test_export_and_load_is_identity(town, tmp_path, write):
    load_indicators()
    extra = {
        **GOOD, "owner": "D2", "active": False, "order": {"at": "yellow", "category": "manhole"},
        "thresholds": [{"months": 5, "hours": "22-6", "yellow": 4.5, "red": None},
                       {"level": "street", "hours": "8-20", "yellow": 3}, {}],
        "reach": "street",
    }  # fmt: skip
    assert run(write(extra))[2] == 0
    path, again = tmp_path / "all.yaml", tmp_path / "again.yaml"
    count = Indicator.objects.count()
    assert run(export=path)[0] == [f"已写出 {count} 个指标：{path}"]
    before = state_of_database()
    assert run(path, diff=True)[::2] == ([f"共比对 {count} 个指标，不同 0 处"], 0)
    assert run(path, update=True)[0] == [f"新增 0 个指标，修改 0 个，未动 {count} 个"]
    assert state_of_database() == before
    Indicator.objects.all().delete()
    assert run(path)[2] == 0
    run(export=again)
    assert again.read_text() == path.read_text()
    assert [{**row, "id": 0} for row in state_of_database()] == [{**row, "id": 0} for row in before]


def test_export_takes_no_files_and_says_where_it_cannot_write(db, tmp_path):
    out = tmp_path / "all.yaml"
    assert run(tmp_path / "in.yaml", export=out)[2] == 1
    assert run(export=tmp_path / "no" / "all.yaml")[2] == 1
    assert run(export=out)[2] == 0
    assert out.read_text() == "indicators: []\n"
    assert run(out)[::2] == (["新增 0 个指标，修改 0 个，未动 0 个"], 0)
