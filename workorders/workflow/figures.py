"""What one act adds to the figures, as signed counts.

Stocks (open, overdue) are counted by what the order is before and after; flows by what was done.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workorders.enums import TOOK, Satisfaction
from workorders.enums import Action as A
from workorders.enums import ClockKind as C
from workorders.enums import Measure as M
from workorders.enums import State as S
from workorders.workflow.table import ENDED

HOUR = 3600  # seconds

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
    A.SIGN: M.SIGNED,
    A.MERGE: M.MERGED,
    A.UNMERGE: M.UNMERGED,
    A.SELF_HANDLE: M.SELF_HANDLED,
    A.SUPERVISE: M.SUPERVISED,
    A.INSTRUCT: M.INSTRUCTED,
    A.CANCEL: M.CANCELLED,
}
# Where the work was done, by the level of area that held the order: 1 is the district.
RESOLVED_AT: dict[object, M] = {1: M.IN_DISTRICT, 2: M.IN_STREET, 3: M.IN_COMMUNITY, 4: M.IN_GRID}
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


def figure_cell(*, before: Facts, after: Facts, action: A) -> FigureCell:
    """Say where an act counts: where the order is after it.

    A return is the sender's and the old holder's figure: it counts where the order was.
    """
    is_return = action is A.SEND_BACK or (action is A.APPROVE and after.state is S.ACCEPTED)
    return before.cell if is_return else after.cell


def delta_counts(
    *, before: Facts, after: Facts, action: A, outcome: Mapping[str, object]
) -> list[tuple[FigureCell, M, int]]:
    """List (cell, measure, signed count) for one act; cells differ when the order moved."""
    counts: Counter[tuple[FigureCell, M]] = Counter()
    for sign, facts in ((-1, before), (1, after)):
        for measure, count in facts.stocks().items():
            counts[facts.cell, measure] += sign * count
    cell = figure_cell(before=before, after=after, action=action)
    amounts = flow_amounts(action=action, before=before, after=after, outcome=outcome)
    for measure, amount in amounts.items():
        counts[cell, measure] += amount
    return [(cell, measure, count) for (cell, measure), count in counts.items() if count]


def flow_amounts(
    *, action: A, before: Facts, after: Facts, outcome: Mapping[str, object]
) -> Counter[M]:
    """Say how much one act adds to each flow measure: one to most, seconds to the time it took."""
    amounts = Counter(flows(action=action, before=before, after=after, outcome=outcome))
    seconds = outcome.get("handling_seconds")
    if action is A.RESOLVE and isinstance(seconds, int):
        amounts[M.HANDLING_SECONDS] += seconds
        amounts[next(measure for hours, measure in TOOK.items() if seconds <= hours * HOUR)] += 1
    return amounts


def flows(*, action: A, before: Facts, after: Facts, outcome: Mapping[str, object]) -> list[M]:
    """List the flow measures that one act counts once each."""
    measures = _plain_flows(action, before)
    met = outcome.get("met") or {}
    assert isinstance(met, Mapping)  # noqa: S101  # written by the gate alone
    if action is A.RESOLVE:
        measures += [M.RESOLVED_ON_TIME] if met.get(C.RESOLUTION) else []
        measures += [RESOLVED_AT[outcome["level"]]] if outcome.get("level") else []
    if action is A.SIGN and met.get(C.SIGNING):
        measures.append(M.SIGNED_ON_TIME)
    if action is A.REMARK and C.FIRST_CONTACT in met:
        measures.append(M.CONTACTED)
    if action is A.APPROVE:
        measures += _approved(before, after)
    if action is A.EXCLUDE and outcome.get("is_excluded"):
        measures.append(M.EXCLUDED)
    if action is A.FOLLOW_UP and outcome.get("is_reached"):
        measures += _call_back(outcome)
    if after.state is S.CLOSED and before.state is not S.CLOSED:
        measures.append(M.CLOSED)
    return measures


def _plain_flows(action: A, before: Facts) -> list[M]:
    if action is A.MERGE and before.state is S.MERGED:
        return []  # it was counted when it was merged first
    if action in (A.SPLIT, A.ASSIST) and before.state is None:
        return [M.DISPATCHED]  # the part itself: sent to its holder from the start
    return [FLOWS[action]] if action in FLOWS else []


def _approved(before: Facts, after: Facts) -> list[M]:
    if after.state is S.ACCEPTED:
        return [M.RETURNED]
    return [M.SUSPENDED if after.state is S.SUSPENDED else M.EXTENDED]


def _call_back(outcome: Mapping[str, object]) -> list[M]:
    measures = [M.CALLED_BACK]
    if outcome.get("is_solved"):
        measures.append(M.SOLVED)
    satisfaction = SATISFACTION.get(str(outcome.get("satisfaction")))
    return [*measures, satisfaction] if satisfaction else measures
