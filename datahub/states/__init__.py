"""Plain rules: when data is due, how fresh it is, and what it scores."""

from datahub.states.freshness import PERIODS, Freshness, freshness_of, next_due, rung_instant
from datahub.states.schedule import next_fetch, next_try
from datahub.states.scores import (
    WEIGHTS,
    DimensionScore,
    Measure,
    add_measures,
    read_measures,
    score_dimensions,
    score_of,
    timeliness,
    write_measures,
)

__all__ = [
    "PERIODS",
    "WEIGHTS",
    "DimensionScore",
    "Freshness",
    "Measure",
    "add_measures",
    "freshness_of",
    "next_due",
    "next_fetch",
    "next_try",
    "read_measures",
    "rung_instant",
    "score_dimensions",
    "score_of",
    "timeliness",
    "write_measures",
]
