"""Writes indicators as a file that can be edited and loaded again."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from dashboards.indicators.catalogue import SINGLE
from dashboards.indicators.definitions import Definition

DEFAULTS = Definition()
# Written even where they are as good as left out: a reader wants to see them.
ALWAYS = ("precision", "direction", "source", "formula")
ROW = ("level", "months", "hours", "yellow", "red")
WIDE = 10_000


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Span(list[Any]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Indents lists beneath their word, and leaves out anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Flow,
    lambda dumper, value: dumper.represent_mapping(
        "tag:yaml.org,2002:map", value.items(), flow_style=True
    ),
)
_Dumper.add_representer(
    _Span,
    lambda dumper, value: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", value, flow_style=True
    ),
)


def write_catalogue(definitions: Iterable[Definition]) -> str:
    """Write rows as YAML, in their order; reading it gives the same rows."""
    rows = [
        yaml.dump(
            [_words(row)], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDE
        ).replace("\n", "\n  ").strip()
        for row in definitions
    ]  # fmt: skip
    body = "\n\n".join(f"  {row}" for row in rows)
    return f"# 写法见 docs/indicators.md\nindicators:\n{body}\n" if rows else "indicators: []\n"


def _words(row: Definition) -> dict[str, Any]:
    words = {
        word: _plain(getattr(row, name))
        for word, name in SINGLE.items()
        if name in ALWAYS or getattr(row, name) != getattr(DEFAULTS, name)
    }
    if row.thresholds:
        words["thresholds"] = [_limits(line) for line in row.thresholds]
    if (row.plausible_low, row.plausible_high) != (None, None):
        words["plausible"] = _Span([_plain(row.plausible_low), _plain(row.plausible_high)])
    if row.order_at != DEFAULTS.order_at:
        words["order"] = _Flow(at=row.order_at, category=row.category)
    return words


def _limits(line: Mapping[str, Any]) -> _Flow:
    return _Flow({name: _plain(line[name]) for name in ROW if name in line})


def _plain(value: Any) -> Any:
    """Write 5.0 as 5; a pair on one line."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _Span(map(_plain, value)) if isinstance(value, list | tuple) else value
