"""Table Schema in and out."""

import json

import pytest

from datahub.columns import Column, TableSchemaError, read_table_schema, write_table_schema
from datahub.enums import ColumnType as T
from datahub.enums import PersonalClass as P
from tests.datahub.catalogue import PEOPLE_COLUMNS, SHOP_COLUMNS

LISTS = {"gender": ("1", "2")}


@pytest.mark.parametrize("columns", [PEOPLE_COLUMNS, SHOP_COLUMNS])
def test_round_trip_gives_the_same_columns(columns):
    described = json.loads(json.dumps(write_table_schema(columns)))
    assert read_table_schema(described, known_lists=LISTS) == columns


def test_description_made_elsewhere_is_read():
    described = {
        "fields": [
            {"name": "编号", "type": "integer"},
            {"name": "kind", "type": "string", "constraints": {"enum": ["a.b", "c"]}},
            {"name": "when", "type": "date", "format": "any", "constraints": {"required": True}},
            {"name": "where", "type": "geopoint", "title": "位置"},
            {"name": "note", "constraints": {"maxLength": 9}},
        ],
        "primaryKey": "编号",
    }
    assert read_table_schema(described, known_lists={}) == [
        Column("c1", "编号", T.INTEGER, is_required=True, is_key=True),
        Column("kind", "kind", pattern=r"a\.b|c"),
        Column("when", "when", T.DATE, is_required=True),
        Column("where", "位置", T.POINT),
        Column("note", "note", maximum="9"),
    ]


def test_types_with_check_digits_are_personal_unless_said_how():
    described = {"fields": [{"name": "m", "yiwang": {"type": "mobile"}}]}
    assert read_table_schema(described, known_lists={})[0].personal == P.PHONE


@pytest.mark.parametrize(
    ("described", "at"),
    [
        (None, (None, "fields")),
        ([], (None, "fields")),
        ({"fields": "x"}, (None, "fields")),
        ({"fields": []}, (None, "columns")),
        ({"fields": [1]}, (0, "name")),
        ({"fields": [{"name": "a", "type": "geojson"}]}, (0, "type")),
        ({"fields": [{"name": "a", "type": ["x"]}]}, (0, "type")),
        ({"fields": [{"name": "a", "constraints": 1}]}, (0, "constraints")),
        ({"fields": [{"name": "a", "yiwang": {"type": "code", "codeList": "x"}}]}, (0, "codeList")),
        ({"fields": [{"name": "a", "yiwang": {"personal": "x"}}]}, (0, "personal")),
        ({"fields": [{"name": "a", "constraints": {"enum": [1, 2]}}]}, (0, "enum")),
        ({"fields": [{"name": "a"}], "primaryKey": ["b"]}, (None, "primaryKey")),
        ({"fields": [{"name": "a"}], "primaryKey": 1}, (None, "primaryKey")),
    ],
)
def test_bad_description_is_refused_at_its_field(described, at):
    with pytest.raises(TableSchemaError) as refused:
        read_table_schema(described, known_lists={})
    assert (refused.value.flaws[0].place, refused.value.flaws[0].field) == at
