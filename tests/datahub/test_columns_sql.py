"""PostgreSQL and Python judge every value alike."""

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub.columns import Column, check_value
from datahub.columns.spellings import SPACES, strip
from datahub.columns.sql import Staged, checked
from datahub.enums import ColumnType as T
from tests.datahub.test_columns import BAD, GOOD

RULES = [
    Column("c", "列", T.TEXT, minimum="2", maximum="4"),
    Column("c", "列", T.TEXT, pattern=r"[A-Z]\d{2}|x+", is_required=True),
    Column("c", "列", T.TEXT, pattern=r"[一-龥\d]+(?:\.a)?"),
    Column("c", "列", T.CODE, code_list="x", codes=("1", "男", "a'b", "\\")),
    Column("c", "列", T.INTEGER, minimum="-5", maximum="10"),
    Column("c", "列", T.DECIMAL, minimum="-0.5", maximum="2.25"),
    Column("c", "列", T.DATE, minimum="2024-02-29", maximum="2026/3/2"),
    Column("c", "列", T.DATETIME, minimum="2026-03-02 09:30", maximum="2026-03-02T09:30:00Z"),
]
COLUMNS = [*(Column("c", "列", kind) for kind in T), *RULES]
PIECES = [
    *(text for _, text, _ in GOOD), *(text for _, text, _ in BAD), "x", "A12", "男", "a'b", "\\",
    "ﬀ", "ı", "年", "月", "日", "-", "/", ".", ":", " ", "0", "29", "2024", "T", "Z",
    "+08:00", "\x01lost",
    *SPACES,
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join),
    st.dates().map(str),
    st.datetimes().map(lambda at: str(at)[:19]),
    st.from_regex(r"[0-9]{6}(19|20)[0-9]{2}(0[0-9]|1[0-3])[0-3][0-9]{4}[0-9X]", fullmatch=True),
    st.from_regex(r"-?[0-9]{1,3}\.[0-9]{1,4},-?[0-9]{1,3}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{0,19}(\.[0-9]{0,13})?", fullmatch=True),
).filter(lambda text: "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text))


def judged(column, values):
    """Let PostgreSQL judge texts by the rules of a column."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staged (_row bigint, _shape text, c1 text)")
        cursor.executemany("INSERT INTO staged VALUES (%s, NULL, %s)", list(enumerate(values)))
        cursor.execute(
            f"SELECT is_good, v1 FROM ({checked([column], Staged('staged'))}) r ORDER BY _row"
        )
        found = cursor.fetchall()
        cursor.execute("DROP TABLE staged")
    return found


def agree(column, values):
    for text, (is_good, value) in zip(values, judged(column, values), strict=True):
        mine = check_value(column, text)
        assert is_good == (mine.fault is None), (column, text, mine)
        if is_good:
            is_point = column.type == T.POINT and value is not None
            read = GEOSGeometry(value).coords if is_point else value
            assert read == mine.value, (column, text)


@pytest.mark.parametrize("column", COLUMNS)
def test_known_spellings(db, column):
    agree(column, [*PIECES, "", *(f" {strip(text)}\u3000" for text in PIECES)])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(column=st.sampled_from(COLUMNS), values=st.lists(texts, min_size=20, max_size=40))
def test_any_spelling(db, column, values):
    agree(column, values)
