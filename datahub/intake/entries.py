"""What an import of the catalogue brings, whatever file it came in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from datahub.columns import Column


@dataclass(frozen=True)
class Problem:
    """What is wrong where: the sheet, the row and the column as a person finds them."""

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.sheet} 第 {self.row} 行 {self.column}：{self.message}"


@dataclass(frozen=True)
class ListEntry:
    code: str
    name: str
    source: str
    items: tuple[tuple[str, str], ...]  # (code, label) in their order
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Entry:
    """One resource as a file says it; without columns its schema stays as it is."""

    code: str
    name: str
    department: str
    description: str
    frequency: str
    sharing: str
    sharing_terms: str
    is_open: bool
    contact: str
    telephone: str
    columns: tuple[Column, ...] = ()
    row: int = field(default=0, compare=False)


@dataclass
class Book:
    """A catalogue to be imported, with what could not be read."""

    entries: list[Entry] = field(default_factory=list)
    lists: list[ListEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, sheet: str, row: int, faults: Iterable[tuple[str, str]]) -> None:
        self.problems += [Problem(sheet, row, column, message) for column, message in faults]
