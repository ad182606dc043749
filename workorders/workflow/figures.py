"""What one act adds to the figures, as signed counts.

Stocks (open, overdue) are counted by what the order is before and after; flows by what was done.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workorders.enums import Action as A
from workorders.enums import Measure as M
from workorders.enums import Satisfaction
from workorders.enums import State as S
from workorders.workflow.table import ENDED

FLOWS: dict[A, M] = {
    A.REGISTER: M.REGISTERED,
    A.ACCEPT: M.ACCEPTED,
    A.REJECT: M.REJECTED,
    A.ANSWER: M.ANSWERED,
    A.DISPATCH: M.DISPATCHED,
    A.SEND_BACK: M.RETURNED,
    A.RESOLVE: M.RESOLVED,
    A.REWORK: M.REWORKED,
    A.REOPEN: M.REOPENED,
}
SATISFACTION: dict[str, M] = {
    Satisfaction.SATISFIED: M.SATISFIED,
    Satisfaction.BASICALLY_SATISFIED: M.BASICALLY_SATISFIED,
}


# (area, category, channel, department) as ids; empty for an order that does not exist yet.
FigureCell = tuple[Any, ...]


@dataclass(frozen=True)
class Facts:
    """An order as the figures see it: where it counts, and whether it is open and overdue."""

    cell: FigureCell
    state: S | None  # None: the order does not exist yet
    is_overdue: bool = False

    def stocks(self) -> Counter[M]:
        is_open = self.state is not None and self.state not in ENDED
        return Counter({M.OPEN: int(is_open), M.OVERDUE: int(is_open and self.is_overdue)})


def delta_counts(
    *, before: Facts, after: Facts, action: A, outcome: Mapping[str, object]
) -> list[tuple[FigureCell, M, int]]:
    """List (cell, measure, signed count) for one act; cells differ when the order moved."""
    counts: Counter[tuple[FigureCell, M]] = Counter()
    for sign, facts in ((-1, before), (1, after)):
        for measure, count in facts.stocks().items():
            counts[facts.cell, measure] += sign * count
    for measure in flows(action=action, before=before, after=after, outcome=outcome):
        # A return is the sender's and the old holder's figure: it counts where the order was.
        cell = before.cell if action is A.SEND_BACK else after.cell
        counts[cell, measure] += 1
    return [(cell, measure, count) for (cell, measure), count in counts.items() if count]


def flows(*, action: A, before: Facts, after: Facts, outcome: Mapping[str, object]) -> list[M]:
    """List the flow measures that one act counts once each."""
    measures = [FLOWS[action]] if action in FLOWS else []
    if outcome.get("resolved_on_time"):
        measures.append(M.RESOLVED_ON_TIME)
    if action is A.FOLLOW_UP and outcome.get("is_reached"):
        measures += _call_back(outcome)
    if after.state is S.CLOSED and before.state is not S.CLOSED:
        measures.append(M.CLOSED)
    return measures


def _call_back(outcome: Mapping[str, object]) -> list[M]:
    measures = [M.CALLED_BACK]
    if outcome.get("is_solved"):
        measures.append(M.SOLVED)
    satisfaction = SATISFACTION.get(str(outcome.get("satisfaction")))
    return [*measures, satisfaction] if satisfaction else measures
