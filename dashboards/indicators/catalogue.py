"""The catalogue of indicators in files: one YAML list per domain or theme, and the index rule."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from dashboards.enums import Theme
from dashboards.indicators.definitions import FIELDS, Definition
from workorders.enums import Domain

# The safe loader in C where it is there: the catalogue has thousands of lines.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).with_name("catalogue")
INDEX = FOLDER / "index.yaml"
# Short words of the files, and the fields they stand for.
WORDS = {"interval": "interval_seconds", "minimum": "minimum_seconds"}


class CatalogueError(ValueError):
    """A file that cannot be read as a catalogue; the message names file and row."""


def shipped_files() -> list[Path]:
    """List the files of the catalogue that a new centre starts with, in the order of display."""
    names = [*(f"domain-{code}" for code in Domain.values), *(f"theme-{code}" for code in Theme)]
    return [FOLDER / f"{name.replace('_', '-')}.yaml" for name in names]


def read_file(path: Path) -> list[Definition]:
    """Read one file; CatalogueError where it is no list of rows with known words."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path.name}：不能读作 YAML：{error}") from error
    if not isinstance(content, Mapping) or not isinstance(content.get("indicators"), list):
        raise CatalogueError(f"{path.name}：须有 indicators 列表")
    common = {name: content[name] for name in ("domain", "theme") if name in content}
    return [
        replace(_define(path, number, row), **common)
        for number, row in enumerate(content["indicators"], start=1)
    ]


def read_files(paths: Iterable[Path]) -> list[Definition]:
    return [row for path in paths for row in read_file(path)]


def _define(path: Path, number: int, row: Any) -> Definition:
    if not isinstance(row, Mapping):
        raise CatalogueError(f"{path.name} 第 {number} 项：不是一个指标")
    given = {WORDS.get(str(name), str(name)): value for name, value in row.items()}
    low, high = _pair(given.pop("plausible", None))
    order = given.pop("order", None) or {}
    given |= {"plausible_low": low, "plausible_high": high}
    if isinstance(order, Mapping) and order:
        given |= {"order_at": order.get("at", ""), "category": str(order.get("category", ""))}
    if unknown := set(given) - set(FIELDS):
        name = row.get("code", "")
        raise CatalogueError(
            f"{path.name} 第 {number} 项 {name}：不认识的项：{'、'.join(sorted(unknown))}"
        )
    return Definition(**given)


def _pair(given: Any) -> tuple[Any, Any]:
    return (given[0], given[1]) if isinstance(given, list) and len(given) == 2 else (None, None)
