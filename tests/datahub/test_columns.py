"""Reading and judging values: the table is the specification."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub.columns import Column, check_row, check_value, describe_changes, find_flaws
from datahub.columns.numbers import ID_WEIGHTS, USCC_ALPHABET, id_check, uscc_check
from datahub.columns.patterns import PatternError, check_pattern, plain
from datahub.enums import ColumnType as T
from datahub.enums import Fault as F
from datahub.enums import PersonalClass as P

GOOD = [
    (T.TEXT, " 东街　", "东街"),
    (T.TEXT, "两\n行", "两\n行"),
    (T.INTEGER, "-12", -12),
    (T.INTEGER, "１２", 12),
    (T.INTEGER, "12.0", 12),
    (T.DECIMAL, "0.50", Decimal("0.50")),
    (T.DECIMAL, ".5", Decimal(".5")),
    (T.DATE, "2026-03-02", date(2026, 3, 2)),
    (T.DATE, "2026/3/2", date(2026, 3, 2)),
    (T.DATE, "2026.3.2", date(2026, 3, 2)),
    (T.DATE, "2026年3月2日", date(2026, 3, 2)),
    (T.DATE, "20260302", date(2026, 3, 2)),
    (T.DATE, "2026-03-02 00:00:00", date(2026, 3, 2)),
    (T.DATE, "2024-02-29", date(2024, 2, 29)),
    (T.DATETIME, "2026-03-02 09:30", datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
    (T.DATETIME, "2026/3/2 9:30:15", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    (T.DATETIME, "2026-03-02T09:30:00Z", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
    (T.DATETIME, "2026-03-02T09:30:00.5-02:00", datetime(2026, 3, 2, 11, 30, 0, 500000, UTC)),
    (T.DATETIME, "2026年3月2日", datetime(2026, 3, 1, 16, tzinfo=UTC)),
    (T.BOOLEAN, "是", True),
    (T.BOOLEAN, "FALSE", False),
    (T.ID_NUMBER, "11010519491231002x", "11010519491231002X"),
    (T.MOBILE, "+86 139-0000-0000", "13900000000"),
    (T.USCC, "91350100m000100y43", "91350100M000100Y43"),
    (T.POINT, "118.62,32.02", (118.62, 32.02)),
    (T.POINT, "POINT (118.62 32.02)", (118.62, 32.02)),
]
BAD = [
    (T.TEXT, "a\x07b", F.CONTROL),
    (T.INTEGER, "1.5", F.INTEGER),
    (T.INTEGER, "1e5", F.INTEGER),
    (T.INTEGER, "1" * 19, F.INTEGER),
    (T.DECIMAL, "1,5", F.DECIMAL),
    (T.DECIMAL, "nan", F.DECIMAL),
    (T.DATE, "2026-02-29", F.DATE),
    (T.DATE, "2026-3/2", F.DATE),
    (T.DATE, "02/03/2026", F.DATE),
    (T.DATE, "45353", F.DATE),
    (T.DATE, "2026-03-02 08:00", F.DATE),
    (T.DATE, "0001-01-01", F.DATE),
    (T.DATETIME, "2026-03-02 24:00", F.DATETIME),
    (T.DATETIME, "2026-03-02 09:30+15:00", F.DATETIME),
    (T.BOOLEAN, "也许", F.BOOLEAN),
    (T.ID_NUMBER, "110105194912310021", F.CHECK_DIGIT),
    (T.ID_NUMBER, "110105491231002", F.ID_NUMBER),
    (T.ID_NUMBER, "3.20111E+17", F.LOST_DIGITS),
    (T.ID_NUMBER, "320111199001011000", F.LOST_DIGITS),
    (T.ID_NUMBER, "320111199001011000.0", F.LOST_DIGITS),
    (T.MOBILE, "12900000000", F.MOBILE),
    (T.MOBILE, "1.39E+10", F.LOST_DIGITS),
    (T.USCC, "91350100M000100Y44", F.CHECK_DIGIT),
    (T.USCC, "91350100M000100I43", F.USCC),
    (T.POINT, "32.02,118.62", F.SWAPPED),
    (T.POINT, "181,0", F.POINT),
    (T.POINT, "118.62", F.POINT),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_value_is_read(kind, text, value):
    checked = check_value(Column("c", "列", kind), text)
    assert (checked.value, checked.fault) == (value, None)


@pytest.mark.parametrize(("kind", "text", "fault"), BAD)
def test_value_is_refused_with_its_reason(kind, text, fault):
    checked = check_value(Column("c", "列", kind), text)
    assert (checked.value, checked.fault) == (None, fault)


@pytest.mark.parametrize("text", [None, "", " ", "\u3000\u00a0"])
def test_blank_is_missing_only_where_required(text):
    assert check_value(Column("c", "列"), text).fault is None
    assert check_value(Column("c", "列", is_required=True), text).fault == F.MISSING


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        (Column("c", "列", T.INTEGER, minimum="0", maximum="9"), "-1", F.TOO_SMALL),
        (Column("c", "列", T.INTEGER, minimum="0", maximum="9"), "10", F.TOO_LARGE),
        (Column("c", "列", T.INTEGER, minimum="0", maximum="9"), "9", None),
        (Column("c", "列", T.DATE, maximum="2026-01-01"), "2026/1/2", F.TOO_LARGE),
        (Column("c", "列", maximum="3"), "四个汉字", F.TOO_LARGE),
        (Column("c", "列", minimum="2"), "一", F.TOO_SMALL),
        (Column("c", "列", pattern=r"[A-Z]\d{2}"), "A12", None),
        (Column("c", "列", pattern=r"[A-Z]\d{2}"), "A123", F.PATTERN),
        (Column("c", "列", pattern=r"\d"), "٣", F.PATTERN),
        (Column("c", "列", T.CODE, code_list="x", codes=("1",)), "1", None),
        (Column("c", "列", T.CODE, code_list="x", codes=("1",)), "2", F.CODE),
    ],
)
def test_rules_are_kept_to(column, text, fault):
    assert check_value(column, text).fault == fault


def test_row_is_judged_by_its_columns():
    columns = [Column("a", "甲", T.INTEGER), Column("b", "乙", is_required=True)]
    checked = check_row(columns, {"a": "x", "z": "1"})
    assert {name: one.fault for name, one in checked.items()} == {"a": F.INTEGER, "b": F.MISSING}


digits = st.text("0123456789", min_size=17, max_size=17)


@given(digits, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_always_found(number, place, shift):
    wrong = str((int(number[place]) + shift) % 10)
    other = number[:place] + wrong + number[place + 1 :]
    assert len(ID_WEIGHTS) == 17
    assert id_check(number) != id_check(other)


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_one_wrong_sign_of_a_credit_code_is_always_found(code, place, shift):
    wrong = USCC_ALPHABET[(USCC_ALPHABET.index(code[place]) + shift) % 31]
    assert uscc_check(code) != uscc_check(code[:place] + wrong + code[place + 1 :])


@given(st.sampled_from(T), st.text(max_size=30))
def test_any_text_is_read_or_refused(kind, text):
    checked = check_value(Column("c", "列", kind), text)
    assert checked.value is None or checked.fault is None


@pytest.mark.parametrize(
    "pattern", [r"\d{6}", "[A-Z0-9]{2,8}", "(?:ab|cd)?x+", r"a\.b", "[一-龥]+", r"[\d-]+", "a{2}"]
)
def test_plain_patterns_are_taken(pattern):
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+", r"(?=a)b", r"(a)\1", r"\w+", "a*?", "a++", "^a$", "[[:alpha:]]", "(?P<x>a)", "a)",
        "(a", "*a", "[b-a]", "a" * 201, "((a|b)*c)*", "(?i)a", "[a", "a{2}{3}", "(a?b{1,9}){1,9}",
    ],
)  # fmt: skip
def test_patterns_that_could_differ_or_hang_are_refused(pattern):
    with pytest.raises(PatternError):
        check_pattern(pattern)


def test_digits_of_a_pattern_are_ascii():
    assert plain(r"\d[\d-]\\d") == r"[0-9][0-9-]\\d"


@pytest.mark.parametrize(
    ("column", "field"),
    [
        (Column("Name", "名"), "name"),
        (Column("_id", "名"), "name"),
        (Column("a", ""), "label"),
        (Column("a", "甲", T.DECIMAL, is_key=True, is_required=True), "is_key"),
        (Column("a", "甲", is_key=True), "is_required"),
        (Column("a", "甲", T.CODE), "code_list"),
        (Column("a", "甲", code_list="x"), "code_list"),
        (Column("a", "甲", T.ID_NUMBER), "personal"),
        (Column("a", "甲", T.DATE, minimum="x"), "minimum"),
        (Column("a", "甲", T.BOOLEAN, minimum="1"), "minimum"),
        (Column("a", "甲", T.INTEGER, minimum="2", maximum="1"), "minimum"),
        (Column("a", "甲", T.INTEGER, pattern="1"), "pattern"),
        (Column("a", "甲", pattern="(a+)+"), "pattern"),
    ],
)
def test_flaw_is_named_at_its_field(column, field):
    assert [(flaw.place, flaw.field) for flaw in find_flaws([column])] == [(0, field)]


def test_flaws_of_the_whole_table():
    assert [flaw.field for flaw in find_flaws([])] == ["columns"]
    twice = [Column("a", "甲"), Column("a", "乙")]
    assert [(flaw.place, flaw.field) for flaw in find_flaws(twice)] == [(None, "name")]


def test_changes_are_told_in_words():
    before = [Column("a", "甲"), Column("b", "乙"), Column("c", "丙")]
    after = [
        Column("c", "丙", T.INTEGER, is_required=True), Column("a", "甲", personal=P.NAME),
        Column("d", "丁"),
    ]  # fmt: skip
    assert describe_changes(before, after) == [
        "新增列“丁”（d）",
        "删除列“乙”（b）",
        "列“丙”（c）的类型由“文本”改为“整数”",
        "列“丙”（c）的必填由“否”改为“是”",
        "列“甲”（a）的个人信息类别由“非个人信息”改为“姓名”",
        "列的顺序有变",
    ]
    assert describe_changes(before, before) == []
