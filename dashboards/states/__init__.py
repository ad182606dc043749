"""Rules of indicators in plain Python: formulas, units, thresholds, states, the index."""

from dashboards.states.evaluation import Facts, Result, calculate, evaluate
from dashboards.states.expressions import FormulaError, parse
from dashboards.states.indexes import (
    DEFAULT_FORMULA,
    Reason,
    Score,
    Sign,
    overall,
    read_formula,
    score_of,
)
from dashboards.states.judgement import (
    Rule,
    Standing,
    grid_state,
    is_worse,
    judge,
    missing_at,
    worst,
)
from dashboards.states.thresholds import (
    Limits,
    Row,
    ThresholdError,
    at_level,
    limits_at,
    next_change,
    read_table,
)
from dashboards.states.units import Kind, kind_of, kind_of_formula

__all__ = [
    "DEFAULT_FORMULA",
    "Facts",
    "FormulaError",
    "Kind",
    "Limits",
    "Reason",
    "Result",
    "Row",
    "Rule",
    "Score",
    "Sign",
    "Standing",
    "ThresholdError",
    "at_level",
    "calculate",
    "evaluate",
    "grid_state",
    "is_worse",
    "judge",
    "kind_of",
    "kind_of_formula",
    "limits_at",
    "missing_at",
    "next_change",
    "overall",
    "parse",
    "read_formula",
    "read_table",
    "score_of",
    "worst",
]
