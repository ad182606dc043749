"""The files that the demo's departments hand in: rows of an entry, with the faults of real ones."""

import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook

from datahub.columns import Column
from datahub.enums import ColumnType as T
from governance.demo.hub.entries import Entry
from governance.demo.hub.fields import FIELDS
from governance.demo.hub.scenes import Firm, Resident, Scene
from governance.demo.made_up import Spot

# Of entries whose key is a thing and a time: so many things.
SERIES = {"device": 20, "station": 12, "uscc": 110, "market": 40, "community": 24}
REPEATED_FROM = 60  # rows: in a small file three more would be a tenth
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class World:
    """What there is to write about."""

    residents: list[Resident]
    firms: list[Firm]
    spots: list[Spot]
    communities: list[str]


@dataclass(frozen=True)
class Habit:
    """How carefully a department keeps its data: shares of bad rows and of empty cells."""

    bad: float
    empty: float


def columns_of(entry: Entry) -> list[Column]:
    """Give the columns that an entry's line names."""
    return [_column(word) for word in entry.columns.split()]


def _column(word: str) -> Column:
    name = word.rstrip("*!")
    known = FIELDS[name].column
    is_key = "*" in word
    return Column(**{**vars(known), "name": name, "is_key": is_key, "is_required": word != name})


def write_rows(entry: Entry, *, world: World, habit: Habit, at: datetime, share: float) -> Rows:
    """Write the rows of an entry as they are at an instant; the same seed gives the same."""
    chance = random.Random(f"{entry.code} {share}")  # noqa: S311
    columns, count = columns_of(entry), max(1, int(entry.rows * share))
    rows = [_row(columns, scene, habit) for scene in _scenes(columns, count, world, chance, at)]
    for row in rows:
        if chance.random() < habit.bad:
            _spoil(row, columns, chance)
    if len(rows) >= REPEATED_FROM:
        _repeat(rows, columns, chance)
    return rows


def _scenes(
    columns: list[Column], count: int, world: World, chance: random.Random, at: datetime
) -> Iterator[Scene]:
    keys = [column.name for column in columns if column.is_key]
    things = SERIES[keys[0]] if len(keys) > 1 else count
    residents = chance.sample(world.residents, len(world.residents))
    for serial in range(count):
        place = serial % things
        yield Scene(
            chance, at, place, serial // things,
            person=residents[place % len(residents)],
            firm=world.firms[place % len(world.firms)],
            spot=chance.choice(world.spots),
            community=world.communities[place % len(world.communities)],
        )  # fmt: skip


def _row(columns: list[Column], scene: Scene, habit: Habit) -> dict[str, str]:
    row = {}
    for column in columns:
        is_empty = not column.is_required and scene.chance.random() < habit.empty
        row[column.label] = "" if is_empty else FIELDS[column.name].make(scene)
    return row


SPOILT: dict[T, Callable[[str], str]] = {
    T.MOBILE: lambda value: value[:-1],
    T.ID_NUMBER: lambda value: value[:-1] + ("1" if value[-1] != "1" else "2"),
    T.USCC: lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"),
    T.DATE: lambda value: f"{value[:4]}-13-{value[-2:]}",
    T.DATETIME: lambda value: value.replace(":00:00", ":60:00"),
    T.CODE: lambda value: "99",
    T.INTEGER: lambda value: f"约{value}",
    T.DECIMAL: lambda value: f"{value}元",
    T.POINT: lambda value: ",".join(reversed(value.split(","))),
}


def _spoil(row: dict[str, str], columns: list[Column], chance: random.Random) -> None:
    column = chance.choice(columns)
    if change := SPOILT.get(column.type):
        row[column.label] = change(row[column.label] or "0000-00-00")
    elif column.is_required:
        row[column.label] = ""


def _repeat(rows: Rows, columns: list[Column], chance: random.Random) -> None:
    """Let a few rows come twice, one of them with other contents."""
    plain = [column for column in columns if not column.is_key and column.type == T.TEXT]
    for number, row in enumerate(chance.sample(rows, min(3, len(rows)))):
        again = dict(row)
        if number and plain:
            again[plain[-1].label] = f"{again[plain[-1].label]}（重报）"
        rows.append(again)


def as_file(entry: Entry, rows: Rows) -> tuple[str, bytes]:
    """Give the name and bytes of a file: departments send what their programs write."""
    kind = random.Random(entry.code).choices(("csv", "gbk", "xlsx", "jsonl"), (6, 3, 1, 1))[0]  # noqa: S311
    if kind == "xlsx" and len(rows) < 1000:
        return f"{entry.name}.xlsx", _workbook(rows)
    if kind == "jsonl":
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        return f"{entry.name}.jsonl", "\n".join(lines).encode()
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return f"{entry.name}.csv", out.getvalue().encode("gb18030" if kind == "gbk" else "utf-8")


def _workbook(rows: Rows) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
