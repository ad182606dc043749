from dashboards.states.formulas import FORMULAS, Formula, Result
from dashboards.states.judgement import grid_state, state_of, worst

__all__ = ["FORMULAS", "Formula", "Result", "grid_state", "state_of", "worst"]
