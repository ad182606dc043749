"""The shipped catalogue: as many indicators as promised, each of its own, all of them sound."""

import re
from collections import Counter

import pytest
from django.conf import settings

from dashboards.enums import Direction, Source, Theme
from dashboards.indicators import faults_in, read_files, shipped_files
from dashboards.states import parse, read_table
from dashboards.states.terms import Count, HandlingHours, Rate, walk
from governance.demo.catalogue import CHANNELS
from governance.demo.departments import CENTRE, FUNCTIONAL
from governance.demo.matters import GROUPS, leaf_code
from workorders.enums import Domain

ROWS = read_files(shipped_files())
SIGNS = [row for row in ROWS if row.domain]
CATEGORIES = {group.code for group in GROUPS} | {
    leaf_code(group, position)
    for group in GROUPS
    for position, _ in enumerate(group.leaves, start=1)
}
DEPARTMENTS = {code.removeprefix("PK-") for code in (CENTRE, *FUNCTIONAL)}
TWELVE = {
    "public-service-satisfaction", "public-service-open", "public-safety-on-time",
    "public-safety-overdue", "social-governance-accepted", "social-governance-satisfaction",
    "urban-management-on-time", "urban-management-open", "environment-overdue",
    "environment-accepted", "economy-closed", "economy-on-time",
}  # fmt: skip


def test_no_row_has_a_fault():
    assert [str(fault) for fault in faults_in(ROWS)] == []


def test_every_domain_and_theme_has_enough():
    domains = Counter(row.domain for row in ROWS if row.domain)
    themes = Counter(row.theme for row in ROWS if row.theme)
    assert sorted(domains) == sorted(Domain.values)
    assert sorted(themes) == sorted(Theme.values)
    assert {domain: count for domain, count in domains.items() if count < 14} == {}
    assert {theme: count for theme, count in themes.items() if count < 51} == {}


def test_many_are_counted_from_orders_and_grids():
    counted = Counter(
        "sign" if row.domain else "theme" for row in ROWS if row.source != Source.REPORT
    )
    assert (counted["sign"] >= 30, counted["theme"] >= 90) == (True, True)


@pytest.mark.parametrize("field", ["code", "name", "definition"])
def test_no_two_rows_share(field):
    counts = Counter(getattr(row, field) for row in ROWS)
    assert [value for value, count in counts.items() if count > 1] == []


def test_no_two_rows_count_the_same():
    counts = Counter(
        (parse(row.formula), row.window) for row in ROWS if row.source != Source.REPORT
    )
    assert [same for same, count in counts.items() if count > 1] == []


def test_first_signs_keep_their_codes():
    assert TWELVE - {row.code for row in SIGNS} == set()


def test_every_row_says_what_it_is_and_whose():
    assert [row.code for row in ROWS if not (row.definition and row.owner in DEPARTMENTS)] == []


def test_formulas_and_orders_name_what_there_is():
    unknown = [
        (row.code, term.where)
        for row in ROWS
        for term in walk(parse(row.formula))
        if isinstance(term, Count | Rate | HandlingHours)
        and not (
            term.where.category in {"", *CATEGORIES}
            and term.where.channel in {"", *CHANNELS}
            and term.where.department in {"", *DEPARTMENTS}
        )
    ]
    assert unknown == []
    assert [row.code for row in ROWS if row.category and row.category not in CATEGORIES] == []


def test_every_threshold_can_be_reached_and_left():
    """A reported value can be as bad as red, and be so good that yellow is released."""
    stuck = []
    for row in ROWS:
        low, high = row.plausible_low, row.plausible_high
        if row.source != Source.REPORT or row.direction == Direction.BAND:
            continue
        assert low is not None
        assert high is not None
        for line in read_table(row.thresholds, direction=row.direction):
            yellow, red = line.limits.yellow, line.limits.red
            if yellow is None:
                continue
            turn = -1 if row.direction == Direction.LOWER else 1
            eased, best = yellow + turn * row.hysteresis, low if turn < 0 else high
            can_leave = turn * eased < turn * best
            if not (low <= (yellow if red is None else red) <= high and can_leave):
                stuck.append(row.code)
    assert stuck == []


@pytest.mark.parametrize("path", ["docs/indicators.md", "README.md", "CHANGELOG.md"])
def test_what_is_said_of_the_numbers_is_true(path):
    text = (settings.BASE_DIR / path).read_text(encoding="utf-8")
    signs, themes = re.findall(r"(\d+) vital signs[^.;]*? and (\d+) theme indicators", text)[0]
    assert (int(signs), int(themes)) == (len(SIGNS), len(ROWS) - len(SIGNS))
