"""Cross-checks: the findings of random rules against a reference in Python, run after run."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub.columns.conditions import ConditionError, read_conditions
from datahub.enums import CheckKind as K
from datahub.enums import FindingState as S
from datahub.models import CheckRun, CrossCheck, Finding
from datahub.services import (
    current_reader,
    dismiss_finding,
    restore_finding,
    run_cross_check,
    run_due_checks,
)
from tests.datahub.checks import AT, add_check, add_table, both, fill
from tests.town import EAST_POINT

DAY = date(2026, 3, 2)  # of AT in Beijing
LATER = AT + timedelta(hours=1)
row = st.fixed_dictionaries({
    "no": st.sampled_from([None, "a", "b", "c", "d'", "e%"]),
    "grade": st.sampled_from([None, "A", "B", "1.x"]),
    "amount": st.one_of(st.none(), st.integers(-2, 3)),
    "on_day": st.sampled_from([None, *(DAY + timedelta(days=n) for n in (-31, -30, 0, 1))]),
})  # fmt: skip
rows = st.lists(row, max_size=7)
SIGNS = {
    "=": lambda a, b: a == b, "≠": lambda a, b: a != b, ">": lambda a, b: a > b,
    "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
}  # fmt: skip
condition = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(["grade", "amount", "on_day"]), st.sampled_from(["为空", "不为空"])),
    st.tuples(st.just("grade"), st.sampled_from(["=", "≠"]), st.sampled_from(["A", "B", "'"])),
    st.tuples(st.just("amount"), st.sampled_from(list(SIGNS)), st.integers(-1, 2)),
    st.tuples(st.just("on_day"), st.sampled_from(list(SIGNS)), st.sampled_from([0, -30, 1])),
)
# A condition of the last side may name a column of the first one.
across = st.one_of(
    condition, st.tuples(st.sampled_from(["amount", "on_day"]), st.sampled_from(list(SIGNS)))
)


def line_of(one):
    if one is None:
        return ""
    if len(one) == 2 and one[1] in SIGNS:
        return f"{one[0]} {one[1]} 1.{one[0]}"
    if one[0] == "on_day" and len(one) == 3:
        return f"on_day {one[1]} 今天{one[2]:+d}"
    return " ".join(map(str, one))


def holds(one, own, first):
    if one is None:
        return True
    value = own[one[0]]
    if one[1] in ("为空", "不为空"):
        return (value is None) == (one[1] == "为空")
    other = first[one[0]] if len(one) == 2 else one[2]
    if one[0] == "on_day" and len(one) == 3:
        other = DAY + timedelta(days=one[2])
    return value is not None and other is not None and SIGNS[one[1]](value, other)


def expected(kind, tables, conditions):
    """Find keys by looking at every pair and triple of rows."""
    found = set()
    first, second, third = tables
    for a in first:
        if a["no"] is None or not holds(conditions[0], a, a):
            continue
        same = [b for b in second if b["no"] == a["no"] and holds(conditions[1], b, a)]
        last = [c for c in third if c["no"] == a["no"] and holds(conditions[2], c, a)]
        if kind == K.MISSING:
            hit = bool(same) and not last
        elif kind == K.BOTH:
            hit = bool(same) and bool(last)
        else:
            hit = bool(last) and any(
                None not in (a["amount"], b["amount"]) and a["amount"] != b["amount"] for b in same
            )
        if hit:
            found.add(a["no"])
    return found


@pytest.fixture
def tables(town):
    owner = town.departments["城管局"]
    return [add_table(f"t{n}", owner) for n in (1, 2, 3)]


def standing(check):
    found = Finding.objects.filter(cross_check=check)
    return {one.key for one in found.exclude(state=S.GONE)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    kind=st.sampled_from(list(K)), contents=st.tuples(rows, rows, rows), again=rows,
    conditions=st.tuples(condition, across, across),
)  # fmt: skip
def test_findings_are_those_of_the_reference(
    tables, django_db_history, kind, contents, again, conditions
):
    with django_db_history():
        for table, content in zip(tables, contents, strict=True):
            fill(table, content)
        valued = {"value_column": "amount"} if kind == K.DIFFER else {}
        lines = [{"conditions": line_of(one)} for one in conditions]
        check = add_check(
            "c", kind, (tables[0], {**lines[0], **valued}), (tables[1], {**lines[1], **valued}),
            (tables[2], {**lines[2], "is_absent": kind == K.MISSING}),
        )  # fmt: skip
        done = run_cross_check(check=check, at=AT)
        wanted = expected(kind, contents, conditions)
        assert (done.problem, standing(check), done.found) == ("", wanted, len(wanted))
        fill(tables[0], again)
        run_cross_check(check=check, at=AT)
        assert standing(check) == expected(kind, (again, *contents[1:]), conditions)


@pytest.fixture
def licences(tables):
    """Three shops, of which one has been looked at by the fire brigade."""
    shops = [
        {"no": f"S{n}", "title": f"演示店{n}", "place": (EAST_POINT["lon"], EAST_POINT["lat"])}
        for n in (1, 2, 3)
    ]
    fill(tables[0], shops)
    fill(tables[1], [{"no": "S2", "grade": "合格"}])
    return add_check(
        "fire", K.MISSING, (tables[0], {"label_column": "title", "place_column": "place"}),
        (tables[1], {"is_absent": True}),
    )  # fmt: skip


def told(check):
    fields = ("key", "label", "state", "first_seen_at", "gone_at", "rows", "grid__name", "lon")
    return list(Finding.objects.filter(cross_check=check).order_by("key").values_list(*fields))


def test_second_run_changes_nothing_but_when_it_was_seen(licences):
    first = run_cross_check(check=licences, at=AT)
    before = told(licences)
    assert [one[:3] for one in before] == [("S1", "演示店1", "open"), ("S3", "演示店3", "open")]
    assert {one[6:] for one in before} == {("东街1社区1格", EAST_POINT["lon"])}
    assert [one[5] for one in before] == [{"1": [0]}, {"1": [2]}]
    second = run_cross_check(check=licences, at=LATER)
    assert told(licences) == before
    assert (first.appeared, second.appeared, second.vanished) == (2, 0, 0)
    assert set(Finding.objects.values_list("last_seen_at", flat=True)) == {LATER}


def test_what_vanishes_closes_itself_and_what_returns_is_the_same_row(licences, tables):
    run_cross_check(check=licences, at=AT)
    fill(tables[1], [{"no": "S1"}, {"no": "S2"}])
    done = run_cross_check(check=licences, at=LATER)
    gone = Finding.objects.get(key="S1")
    assert (gone.state, gone.gone_at, done.vanished) == (S.GONE, LATER, 1)
    fill(tables[1], [])
    done = run_cross_check(check=licences, at=LATER)
    back = Finding.objects.get(key="S1")
    assert (back.pk, back.state, back.first_seen_at, back.gone_at) == (gone.pk, S.OPEN, AT, None)
    assert (done.found, done.appeared) == (3, 2)


def test_dismissed_stays_so_until_it_is_restored(licences, town, tables):
    run_cross_check(check=licences, at=AT)
    one = Finding.objects.get(key="S1")
    reader = current_reader(user=town.people["dispatcher"])
    by = town.people["dispatcher"]
    dismiss_finding(finding=one, reader=reader, by=by, reason="已搬迁", at=AT)
    for rows_of_fire in ([], [{"no": "S1"}], []):
        fill(tables[1], rows_of_fire)
        run_cross_check(check=licences, at=LATER)
        one.refresh_from_db()
        assert (one.state, one.reason) == (S.DISMISSED, "已搬迁")
    assert restore_finding(finding=one, reader=reader).state == S.OPEN


def test_rule_that_fits_no_more_says_so_and_touches_nothing(licences, tables):
    run_cross_check(check=licences, at=AT)
    before = told(licences)
    licences.sides.filter(position=2).update(conditions="was_there = 1")
    done = run_cross_check(check=licences, at=LATER)
    assert done.problem.startswith("第 2 方：没有列 was_there")
    assert told(licences) == before


def test_too_many_findings_are_refused_whole(licences, monkeypatch):
    monkeypatch.setattr("datahub.services.cross_checks.MOST_FINDINGS", 1)
    done = run_cross_check(check=licences, at=AT)
    assert "条件过宽" in done.problem
    assert Finding.objects.count() == 0


def test_runs_where_there_is_something_new(licences, tables):
    assert [run_due_checks(at=AT), run_due_checks(at=LATER)] == [1, 0]
    CrossCheck.objects.update(changed_at=LATER)
    assert [run_due_checks(at=LATER), run_due_checks(at=LATER)] == [1, 0]
    assert run_due_checks(at=AT + timedelta(days=1)) == 1
    CrossCheck.objects.update(is_active=False)
    assert run_due_checks(at=AT + timedelta(days=2)) == 0
    assert CheckRun.objects.count() == 3


@pytest.mark.parametrize(
    ("place", "grid", "community", "point"),
    [
        ({"area": "东街1社区"}, None, "东街1社区", None),
        ({"area": "没有这里"}, None, None, None),
        ({"place": (EAST_POINT["lon"], EAST_POINT["lat"])}, "东街1社区1格", "东街1社区", True),
        ({"home": "东街1社区1格"}, "东街1社区1格", "东街1社区", None),
    ],
)
def test_place_comes_from_the_row(tables, town, settings, place, grid, community, point):
    (column,) = place
    fill(tables[0], [{"no": "a", **place}])
    fill(tables[1], [{"no": "a"}])
    check = both("p", (tables[0], {"place_column": column}), (tables[1], {}))
    run_cross_check(check=check, at=AT)
    one = Finding.objects.get()
    names = [area.name if area else None for area in (one.grid, one.community)]
    assert (names, one.lon is not None) == ([grid, community], bool(point))
    assert one.district.code == settings.DISTRICT_CODE


@pytest.mark.parametrize("text", ["grade", "grade = ", "1 = 1", "GRADE = A", "grade like A"])
def test_what_is_no_comparison_is_not_read(text):
    with pytest.raises(ConditionError, match="看不懂"):
        read_conditions(text)


def test_what_follows_the_sign_is_a_value_whatever_it_says(tables):
    fill(tables[0], [{"no": "a", "grade": "A' OR 1=1 --"}, {"no": "b", "grade": "B"}])
    fill(tables[1], [{"no": "a"}, {"no": "b"}])
    check = both("v", (tables[0], {"conditions": "grade = A' OR 1=1 --"}), (tables[1], {}))
    run_cross_check(check=check, at=AT)
    assert standing(check) == {"a"}
