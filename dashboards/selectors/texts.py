"""The first page of a wall in words, for readers without scripts, screens or eyes."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dashboards.enums import IndicatorState
from dashboards.models import Wall
from dashboards.selectors.gathering import gather
from dashboards.selectors.overview import wall_content, wall_grids
from dashboards.selectors.pages import wall_pages

NOTHING = "–"
GRAVEST = {IndicatorState.RED: 0, IndicatorState.YELLOW: 1}


def wall_text(*, wall: Wall, at: datetime) -> dict[str, Any]:
    """Read all that the first page shows, every value written out."""
    content = wall_content(wall=wall, at=at)
    rows = [_row(sign) for sign in content["signs"]]
    alarms = [episode for episode in content["episodes"] if episode["is_alarm"]]
    orders = {
        episode["code"]: episode["order"]
        for episode in content["episodes"]
        if episode["area"]["code"] == content["area"]["code"]
    }
    concerns = [{**row, "order": orders.get(row["code"], "")} for row in rows if row["rank"] < 2]
    return {
        **content,
        "alarms": alarms,
        "alarm_lines": gather(alarms),
        "scores": [
            {**page, **score, **_confidence(score), "said": reasons_in_words(score["reasons"])}
            for page, score in zip(content["pages"], content["index"]["domains"], strict=False)
        ],
        "said": reasons_in_words(content["index"]["reasons"]),
        **_confidence(content["index"]),
        "states": [(state.label, content["tally"][state]) for state in IndicatorState],
        "figures": figures_in_words(content["summary"], content["a_week_ago"]),
        "concerns": sorted(concerns, key=lambda row: row["rank"]),
        "groups": [
            {"page": page, "rows": [row for row in rows if row["domain"] == page.value]}
            for page in wall_pages()
            if page.kind == "domain"
        ],
        "grids": _grids(wall_grids(wall=wall, at=at)),
        "streets": [
            {**street, "state_label": IndicatorState(street["state"]).label}
            for street in content["streets"]
        ],
    }


def value_in_words(value: float | None, *, unit: str, precision: int) -> str:
    """Write a value with its unit; shares in percent."""
    if value is None:
        return NOTHING
    shown = value * 100 if unit == "%" else value
    space = "" if unit in ("", "%", "‰") else " "
    return f"{shown:,.{precision}f}{space}{unit}"


def limits_in_words(sign: Mapping[str, Any]) -> str:
    """Say where yellow and red begin."""
    said = [
        f"{IndicatorState(name).label}{_limit(sign[name], sign)}"
        for name in (IndicatorState.YELLOW, IndicatorState.RED)
        if any(end is not None for end in sign[name].values())
    ]
    return "，".join(said) or "未设阈值"


def reasons_in_words(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Say what costs the most: 扬尘 −6.0，供水压力 −3.0."""
    return "，".join(f"{reason['name']} −{reason['points']:.1f}" for reason in reasons)


def figures_in_words(summary: Mapping[str, Any], ago: Mapping[str, int]) -> list[tuple[str, str]]:
    """Write the figures of today, those with a past against last week."""
    return [
        ("今日登记", f"{summary['registered_today']} 件"),
        ("今日受理", f"{summary['accepted_today']} 件（上周同时 {ago['accepted_today']} 件）"),
        ("今日办结", f"{summary['closed_today']} 件（上周同时 {ago['closed_today']} 件）"),
        ("在办工单", f"{summary['open']} 件"),
        ("超期未结", f"{summary['overdue']} 件"),
        ("按时办结率", value_in_words(summary["on_time_rate"], unit="%", precision=1)),
        ("满意率", value_in_words(summary["satisfaction_rate"], unit="%", precision=1)),
    ]


def _confidence(score: Mapping[str, Any]) -> dict[str, int]:
    """Round down, as the screen does: what is not wholly known is never 100 %."""
    return {"known": math.floor(score["confidence"] * 100)}


def _row(sign: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("code", "name", "domain", "owner", "state", "since", "observed_at")
    return {
        **{name: sign[name] for name in kept},
        "state_label": IndicatorState(sign["state"]).label,
        "rank": GRAVEST.get(sign["state"], 2),
        "value": value_in_words(sign["value"], unit=sign["unit"], precision=sign["precision"]),
        "limits": limits_in_words(sign),
    }


def _limit(limit: Mapping[str, float | None], sign: Mapping[str, Any]) -> str:
    low, high = (
        None if end is None else value_in_words(end, unit=sign["unit"], precision=_places(end))
        for end in (limit["low"], limit["high"])
    )
    if low is not None and high is not None:
        return f" {low} 至 {high} 之外"
    return f" ≤{low}" if low is not None else f" ≥{high}"


def _places(value: float) -> int:
    return 0 if value == int(value) or abs(value) >= 100 else 2


def _grids(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    states = [row["state"] for row in rows]
    return [(str(state.label), states.count(state)) for state in IndicatorState]
