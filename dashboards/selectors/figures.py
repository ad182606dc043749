"""Sums of the cube, rolled up from the finest areas to those above them."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum

from dashboards.selectors.tree import AreaTree
from dashboards.states import FORMULAS
from workorders.enums import STOCKS, Domain, Measure
from workorders.models import Cube

RATES = ("on_time_rate", "satisfaction_rate")
FLOWS = [measure for measure in Measure if measure not in STOCKS]

# Counts by measure and domain ("" where the category is not known yet).
Tally = Counter[tuple[str, str]]


def read_tallies(*, day: date, area_ids: Collection[int] | None = None) -> dict[int, Tally]:
    """Sum today's flows and the stocks of now, by the finest area they were counted in."""
    cells = Cube.objects.filter(
        Q(day__isnull=True, measure__in=list(STOCKS)) | Q(day=day, measure__in=FLOWS)
    ).exclude(value=0)
    if area_ids is not None:
        cells = cells.filter(area_id__in=area_ids)
    tallies: dict[int, Tally] = {}
    sums = cells.values_list("area_id", "measure", "category__domain").annotate(Sum("value"))
    for area_id, measure, domain, total in sums.order_by():
        tallies.setdefault(area_id, Counter())[measure, domain or ""] += total
    return tallies


def roll_up(
    *, tallies: Mapping[int, Tally], tree: AreaTree, roots: Collection[int]
) -> dict[int, Tally]:
    """Add each area's counts to every root at or above it."""
    totals: dict[int, Tally] = {pk: Counter() for pk in roots}
    for area_id, tally in tallies.items():
        for node in tree.upward(area_id):
            if node.pk in totals:
                totals[node.pk].update(tally)
    return totals


def counts_of(tally: Tally, domain: str = "") -> Counter[str]:
    """Narrow a tally to one domain; "" adds all of them up."""
    counts: Counter[str] = Counter()
    for (measure, counted_in), count in tally.items():
        if domain in ("", counted_in):
            counts[measure] += count
    return counts


def summary_of(tally: Tally, domain: str = "") -> dict[str, float | int | None]:
    """Give the figures of every summary; rates are shares, None without a denominator.

    Beside each rate stand the numerator and the denominator that it was made of.
    """
    counts = counts_of(tally, domain)
    weight = settings.BASICALLY_SATISFIED_WEIGHT
    values = {name: rule.evaluate(counts, basic_weight=weight) for name, rule in FORMULAS.items()}
    summary: dict[str, float | int | None] = {
        name: result.value if name in RATES else int(result.numerator)
        for name, result in values.items()
    }
    for name in RATES:
        summary[f"{name}_numerator"] = values[name].numerator
        summary[f"{name}_denominator"] = values[name].denominator
    return summary


def domain_summaries(tally: Tally) -> list[dict[str, Any]]:
    """Give the summary of each of the six domains, in their order."""
    return [
        {"code": domain.value, "name": str(domain.label), **summary_of(tally, domain.value)}
        for domain in Domain
    ]
