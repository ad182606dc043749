"""The formula language: what is read, what is refused, and that the unknown stays unknown."""

import pytest

from dashboards.states import FormulaError, Result, evaluate, kind_of, kind_of_formula, parse
from dashboards.states.terms import Count, Force, HandlingHours, OtherValue, Rate, Where


class Town:
    """Facts that a reader can add up by head."""

    def __init__(self, **known):
        self.known = known

    def count(self, measures, where, *, is_weighted):
        return float(sum(self.known.get(name, 0) for name in measures))

    def handling(self, quantile, where):
        return self.known.get("hours"), self.known.get("results", 0)

    def reported(self):
        return self.known.get("reported")

    def force(self, fact):
        return self.known.get(fact)

    def value(self, code):
        return self.known.get(code)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("count(closed)", Count(("closed",))),
        ("count(closed + answered)", Count(("closed", "answered"))),
        (
            'count(registered, category="0101", channel="hotline", window="week", ago=7)',
            Count(("registered",), Where("week", 7, "0101", "", "hotline")),
        ),
        (
            'rate(solved, called_back, domain="environment", level="grid")',
            Rate(("solved",), ("called_back",), Where(domain="environment", level="grid")),
        ),
        ("quantile_hours(0.9)", HandlingHours(0.9)),
        ("grids(staffed)", Force("staffed")),
        ("workers()", Force("workers")),
        ('value("pm10")', OtherValue("pm10")),
    ],
)
def test_term_is_read_as_written(text, term):
    assert parse(text) == term


@pytest.mark.parametrize(
    ("text", "facts", "result"),
    [
        ("count(open)", {"open": 3}, Result(3, 3, None)),
        ("count(open)", {}, Result(0, 0, None)),
        ("rate(solved, called_back)", {"solved": 3, "called_back": 4}, Result(0.75, 3, 4)),
        ("rate(solved, called_back)", {}, Result(None, 0, 0)),
        ("mean_hours()", {"hours": 2.5, "results": 4}, Result(2.5, 2.5, 4)),
        ("mean_hours()", {}, Result(None, 0, 0)),
        ("grids(patrolled) / grids(total)", {"patrolled": 3, "total": 4}, Result(0.75, 3, 4)),
        ("grids(patrolled) / grids(total)", {"patrolled": 0, "total": 0}, Result(None, 0, 0)),
        ('1 - value("a")', {"a": 0.25}, Result(0.75, 0.75, None)),
        ('value("a") + value("b")', {"a": 1}, Result(None, 0, None)),
        ('value("a") * 2 - 1', {}, Result(None, 0, None)),
        ("-count(open) + 5 * 2", {"open": 3}, Result(7, 7, None)),
    ],
)
def test_value_and_what_it_was_made_of(text, facts, result):
    assert evaluate(parse(text), Town(**facts)) == result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "不合语法"),
        ("count(", "不合语法"),
        ("count(colour)", "没有此计数：colour"),
        ("count(open - overdue)", "只能相加"),
        ("count()", "须有 1 个参数"),
        ("total(open)", "没有此函数：total"),
        ('count(open, colour="red")', "没有此筛选：colour"),
        ('count(open, window="year")', "筛选 window 的值不对"),
        ("count(open, ago=0)", "筛选 ago"),
        ("count(open, ago=True)", "筛选 ago"),
        ('count(open, level="planet")', "筛选 level"),
        ("quantile_hours(2.0)", "分位数"),
        ("grids(happy)", "可数"),
        ("value(pm10)", "指标编码"),
        ("reported(ago=1)", "没有筛选"),
        ("open", "没有此变量"),
        ("True", "真假值"),
        ("'text'", "不能这样写"),
        ("count(open) ** 2", "不能这样写"),
        ("__import__('os').system('true')", "不能这样写"),
        ("(lambda: 1)()", "不能这样写"),
        ("[x for x in (1, 2)]", "不能这样写"),
        ("1" + " + 1" * 5000, "公式"),
        ("(" * 500 + "1" + ")" * 500, "公式"),
    ],
)
def test_anything_else_is_refused_in_words(text, words):
    with pytest.raises(FormulaError, match=words):
        parse(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("count(closed)", "件"),
        ("rate(solved, called_back)", "%"),
        ("mean_hours()", "小时"),
        ("count(open) / workers()", "件/人"),
        ("count(open) / workers() * 10000", "件/万人"),
        ("grids(staffed) / grids(total)", "%"),
        ("1 - rate(solved, called_back)", "%"),
        ('value("mass") / value("volume")', "µg/m³"),
        ("reported()", "dB"),
    ],
)
def test_unit_follows_from_the_parts(text, unit):
    others = {"mass": kind_of("µg"), "volume": kind_of("m³")}
    assert kind_of_formula(parse(text), own=kind_of(unit), others=others) == kind_of(unit)


@pytest.mark.parametrize("text", ["count(open) + workers()", "mean_hours() - count(open)"])
def test_different_units_are_not_added(text):
    with pytest.raises(FormulaError, match="单位不同"):
        kind_of_formula(parse(text), own={}, others={})
