"""Frictionless Table Schema, in and out.

What the standard has no word for (types with check digits, units, code lists, personal data)
stands under the field's own property `yiwang`, which other tools pass over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datahub.columns.column import ALWAYS_PERSONAL, Column
from datahub.columns.definition import NAME, Flaw, find_flaws
from datahub.columns.patterns import LENGTH, MARKS
from datahub.enums import ColumnType, PersonalClass

T = ColumnType
OWN = "yiwang"
TO_STANDARD = {
    T.TEXT: "string", T.CODE: "string", T.ID_NUMBER: "string", T.MOBILE: "string",
    T.USCC: "string", T.INTEGER: "integer", T.DECIMAL: "number", T.DATE: "date",
    T.DATETIME: "datetime", T.BOOLEAN: "boolean", T.POINT: "geopoint",
}  # fmt: skip
FROM_STANDARD = {
    "string": T.TEXT, "integer": T.INTEGER, "number": T.DECIMAL, "date": T.DATE,
    "datetime": T.DATETIME, "boolean": T.BOOLEAN, "geopoint": T.POINT, "year": T.INTEGER,
    "yearmonth": T.TEXT, "time": T.TEXT, "duration": T.TEXT, "any": T.TEXT,
}  # fmt: skip


class TableSchemaError(ValueError):
    """A description that makes no schema here; `flaws` name the fields and what is wrong."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("；".join(str(flaw) for flaw in flaws))
        self.flaws = list(flaws)


@dataclass
class _Reading:
    known_lists: Mapping[str, tuple[str, ...]]
    flaws: list[Flaw] = field(default_factory=list)


def write_table_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """Describe columns as a Table Schema."""
    schema: dict[str, Any] = {"fields": [_field(column) for column in columns]}
    if key := [column.name for column in columns if column.is_key]:
        schema["primaryKey"] = key
    return schema | {"missingValues": [""]}


def _field(column: Column) -> dict[str, Any]:
    kind = TO_STANDARD[column.type]
    own = {
        "type": column.type.value if FROM_STANDARD[kind] != column.type else "",
        "unit": column.unit,
        "codeList": column.code_list,
        "personal": column.personal.value if column.is_personal else "",
    }
    described: dict[str, Any] = {"name": column.name, "title": column.label, "type": kind}
    if constraints := _constraints(column):
        described["constraints"] = constraints
    if own := {name: value for name, value in own.items() if value}:
        described[OWN] = own
    return described


def _constraints(column: Column) -> dict[str, Any]:
    is_text = column.type == T.TEXT
    low, high = ("minLength", "maxLength") if is_text else ("minimum", "maximum")
    found: dict[str, Any] = {"required": True} if column.is_required else {}
    if column.pattern:
        found["pattern"] = column.pattern
    if column.codes:
        found["enum"] = list(column.codes)
    if column.minimum:
        found[low] = _limit(column, column.minimum)
    if column.maximum:
        found[high] = _limit(column, column.maximum)
    return found


def _limit(column: Column, text: str) -> int | float | str:
    """Write a bound as the standard wants it: of numbers and lengths a number."""
    if column.type in (T.DATE, T.DATETIME):
        return text
    return float(text) if "." in text else int(text)


def read_table_schema(
    descriptor: Any, *, known_lists: Mapping[str, tuple[str, ...]]
) -> list[Column]:
    """Read columns; `known_lists` has the codes of each code list. Raises TableSchemaError."""
    fields = descriptor.get("fields") if isinstance(descriptor, dict) else None
    if not isinstance(fields, list):
        raise TableSchemaError([Flaw(None, "fields", "须为列的列表")])
    reading = _Reading(known_lists)
    keys = _keys(descriptor, reading)
    columns = [_column(place, described, keys, reading) for place, described in enumerate(fields)]
    if not reading.flaws:
        reading.flaws += find_flaws(columns)
    if reading.flaws:
        raise TableSchemaError(reading.flaws)
    return columns


def _keys(descriptor: dict[str, Any], reading: _Reading) -> set[str]:
    given = descriptor.get("primaryKey", [])
    keys = [given] if isinstance(given, str) else given
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        reading.flaws.append(Flaw(None, "primaryKey", "须为列名或列名的列表"))
        return set()
    fields = [one for one in descriptor["fields"] if isinstance(one, dict)]
    names = {str(one.get("name")) for one in fields}
    if unknown := sorted(set(keys) - names):
        reading.flaws.append(Flaw(None, "primaryKey", f"没有列 {'、'.join(unknown)}"))
    return set(keys)


def _column(place: int, described: Any, keys: set[str], reading: _Reading) -> Column:
    if not isinstance(described, dict) or not isinstance(described.get("name"), str):
        reading.flaws.append(Flaw(place, "name", "每列须有 name"))
        return Column("", "")
    given = described["name"]
    own = _dict(described, OWN, place, reading)
    rules = _dict(described, "constraints", place, reading)
    kind = _kind(described, own, place, reading)
    personal = _personal(own, kind, place, reading)
    low, high = ("minLength", "maxLength") if kind == T.TEXT else ("minimum", "maximum")
    code_list = _text(own.get("codeList", ""))
    return Column(
        # A name in Chinese stays as the label.
        name=given if NAME.fullmatch(given) else f"c{place + 1}",
        label=_text(described.get("title") or given),
        type=kind,
        unit=_text(own.get("unit", "")),
        is_required=rules.get("required") is True or given in keys,
        is_key=given in keys,
        pattern=_pattern(rules, code_list, place, reading),
        code_list=code_list,
        codes=_codes(code_list, place, reading),
        minimum=_text(rules.get(low, "")),
        maximum=_text(rules.get(high, "")),
        personal=personal,
    )


def _dict(described: dict[str, Any], name: str, place: int, reading: _Reading) -> dict[str, Any]:
    value = described.get(name, {})
    if isinstance(value, dict):
        return value
    reading.flaws.append(Flaw(place, name, "须为对象"))
    return {}


def _text(value: Any) -> str:
    return "" if isinstance(value, bool | dict | list) or value is None else str(value).strip()


def _kind(
    described: dict[str, Any], own: dict[str, Any], place: int, reading: _Reading
) -> ColumnType:
    given = _text(own.get("type", ""))
    if given in ColumnType.values:
        return ColumnType(given)
    kind = FROM_STANDARD.get(_text(described.get("type", "string")))
    if given or kind is None:
        named = given or described.get("type")
        reading.flaws.append(Flaw(place, "type", f"不支持类型 {named}"))
    if own.get("codeList") and not given:
        return T.CODE
    return kind or T.TEXT


def _personal(
    own: dict[str, Any], kind: ColumnType, place: int, reading: _Reading
) -> PersonalClass:
    given = _text(own.get("personal", ""))
    if given and given not in PersonalClass.values:
        reading.flaws.append(Flaw(place, "personal", f"没有类别 {given}"))
        return PersonalClass.NONE
    return PersonalClass(given) if given else ALWAYS_PERSONAL.get(kind, PersonalClass.NONE)


def _codes(code_list: str, place: int, reading: _Reading) -> tuple[str, ...]:
    if code_list and code_list not in reading.known_lists:
        reading.flaws.append(Flaw(place, "codeList", f"没有代码表 {code_list}"))
    return reading.known_lists.get(code_list, ())


def _pattern(rules: dict[str, Any], code_list: str, place: int, reading: _Reading) -> str:
    """Give the pattern; a short list of values without a code list becomes one."""
    pattern, values = _text(rules.get("pattern", "")), rules.get("enum")
    if code_list or not values:
        return pattern
    if pattern or not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        reading.flaws.append(Flaw(place, "enum", "请先建立代码表，再用 yiwang.codeList 指定"))
        return ""
    made = "|".join(re.sub(r".", _escaped, value) for value in values)
    if len(made) > LENGTH:
        reading.flaws.append(Flaw(place, "enum", "值太多，请先建立代码表"))
    return made


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] in MARKS else found[0]
