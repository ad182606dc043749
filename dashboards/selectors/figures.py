"""The figures of every summary, over the areas beneath a root."""

from collections.abc import Collection
from datetime import date
from typing import Any

from dashboards.enums import Window
from dashboards.selectors.cells import read_cells
from dashboards.selectors.cube import CubeSums, asked_by
from dashboards.selectors.tree import AreaTree
from dashboards.states import evaluate, parse
from workorders.enums import Domain

# Overdue open orders are in the denominator of the on-time rate, so that leaving a late order open
# never makes it better.
SUMMARY = {
    "registered_today": "count(registered{where})",
    "accepted_today": "count(accepted{where})",
    "closed_today": "count(closed{where})",
    "open": "count(open{where})",
    "overdue": "count(overdue{where})",
    "on_time_rate": "rate(resolved_on_time, resolved + overdue{where})",
    "satisfaction_rate": "rate(satisfied + basically_satisfied, called_back{where})",
}


def read_sums(*, tree: AreaTree, roots: Collection[int], day: date) -> dict[int, CubeSums]:
    """Read what summaries count, today's flows and the stocks of now, for every root."""
    wheres = ["", *(f', domain="{domain}"' for domain in Domain)]
    formulas = [parse(text.format(where=where)) for text in SUMMARY.values() for where in wheres]
    asked = {one for formula in formulas for one in asked_by(formula, Window.TODAY)}
    cells = read_cells(tree=tree, roots=roots, asked=asked, today=day)
    return {pk: CubeSums(found, window=Window.TODAY) for pk, found in cells.items()}


def summary_of(sums: CubeSums, domain: str = "") -> dict[str, float | int | None]:
    """Give the figures of every summary; rates are shares, None without a denominator.

    Beside each rate stand the numerator and the denominator that it was made of.
    """
    where = f', domain="{domain}"' if domain else ""
    summary: dict[str, float | int | None] = {}
    for name, text in SUMMARY.items():
        result = evaluate(parse(text.format(where=where)), sums)
        if name.endswith("_rate"):
            summary[name] = result.value
            summary[f"{name}_numerator"] = result.numerator
            summary[f"{name}_denominator"] = result.denominator
        else:
            summary[name] = int(result.numerator)
    return summary


def domain_summaries(sums: CubeSums) -> list[dict[str, Any]]:
    """Give the summary of each of the six domains, in their order."""
    return [
        {"code": domain.value, "name": str(domain.label), **summary_of(sums, domain.value)}
        for domain in Domain
    ]
