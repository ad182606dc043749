"""The catalogue of indicators in files: one YAML list per domain or theme, and the index rule."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dashboards.enums import Theme
from dashboards.indicators.definitions import FIELDS, WORDS, Definition
from workorders.enums import Domain

# The safe loader in C where it is there: the catalogue has thousands of lines.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).with_name("catalogue")
INDEX = FOLDER / "index.yaml"
# Words that stand for two fields each, and the others by word.
PAIRS = {"plausible": ("plausible_low", "plausible_high"), "order": ("order_at", "category")}
SINGLE = {word: name for name in FIELDS for word in [WORDS.get(name, name)] if word not in PAIRS}
COMMON = ("domain", "theme")

# What could not be read of a row: (word or nothing, message).
Unread = list[tuple[str, str]]


def shipped_files() -> list[Path]:
    """List the files of the catalogue that a new centre starts with, in the order of display."""
    names = [*(f"domain-{code}" for code in Domain.values), *(f"theme-{code}" for code in Theme)]
    return [FOLDER / f"{name.replace('_', '-')}.yaml" for name in names]


def read_files(paths: Iterable[Path]) -> list[Definition]:
    """Read files one after the other; what cannot be read is told by the row's faults."""
    return [row for path in paths for row in _read_file(path)]


def _read_file(path: Path) -> list[Definition]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        return [_unreadable(path, f"不能读作 YAML：{error}")]
    if not isinstance(content, Mapping) or not isinstance(content.get("indicators"), list):
        return [_unreadable(path, "须有 indicators 列表")]
    if unknown := set(content) - {"indicators", *COMMON}:
        return [_unreadable(path, f"不认识的项：{'、'.join(sorted(map(str, unknown)))}")]
    common = {name: content[name] for name in COMMON if name in content}
    return [
        _define(f"{path.name} 第 {number} 项", row, common)
        for number, row in enumerate(content["indicators"], start=1)
    ]


def _unreadable(path: Path, message: str) -> Definition:
    return Definition(place=path.name, unread=(("", message),))


def _define(place: str, row: Any, common: Mapping[str, Any]) -> Definition:
    if not isinstance(row, Mapping):
        return Definition(place=place, unread=(("", "不是一个指标"),))
    unread: Unread = []
    given: dict[str, Any] = dict(common)
    for word, value in row.items():
        if word in PAIRS:
            given |= dict(zip(PAIRS[word], _pair(word, value, unread), strict=True))
        elif word in SINGLE:
            given[SINGLE[word]] = value
        else:
            unread.append(("", f"不认识的项：{word}"))
    return Definition(**given, place=place, unread=tuple(unread))


def _pair(word: str, value: Any, unread: Unread) -> Sequence[Any]:
    """Read what stands for two fields: a list of two numbers, or {at: …, category: …}."""
    if word == "plausible" and isinstance(value, list) and len(value) == 2:
        return value
    if word == "order" and isinstance(value, Mapping) and set(value) == {"at", "category"}:
        return value["at"], value["category"]
    shape = "[下限, 上限]" if word == "plausible" else '{at: red, category: "0101"}'
    unread.append((word, f"须写作 {shape}"))
    return (None, None) if word == "plausible" else ("never", "")
