"""The vital signs: their catalogue as data, and a value from counts."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from dashboards.models import Indicator
from dashboards.selectors import Tally, counts_of
from dashboards.states import Formula, Result

CATALOGUE = Path(__file__).with_name("vital_signs.json")


def read_catalogue() -> list[dict[str, Any]]:
    """Read the vital signs that a new centre starts with."""
    rows: list[dict[str, Any]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return rows


def value_of(*, indicator: Indicator, tally: Tally) -> Result:
    """Compute an indicator from the counts of an area."""
    formula = Formula(tuple(indicator.numerator), tuple(indicator.denominator))
    counts = counts_of(tally, indicator.domain)
    return formula.evaluate(counts, basic_weight=settings.BASICALLY_SATISFIED_WEIGHT)
