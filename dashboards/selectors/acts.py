"""The acts that each flow counts, as conditions on events."""

from collections.abc import Mapping

from django.db.models import Q

from workorders.enums import Action, ClockKind, Measure, Satisfaction, State
from workorders.workflow.figures import FLOWS, RESOLVED_AT

RESULT, CALL_BACK = Q(action=Action.RESOLVE), Q(action=Action.FOLLOW_UP, content__is_reached=True)
APPROVAL = Q(action=Action.APPROVE)
IS_RETURN, IS_PAUSE = Q(to_state=State.ACCEPTED), Q(to_state=State.SUSPENDED)

# The same rules as workorders/workflow/figures.py, asked of the database.
ACTS: Mapping[Measure, Q] = {
    **{measure: Q(action=action) for action, measure in FLOWS.items()},
    **{measure: RESULT & Q(content__level=level) for level, measure in RESOLVED_AT.items()},
    Measure.MERGED: Q(action=Action.MERGE) & ~Q(from_state=State.MERGED),
    Measure.DISPATCHED: Q(action=Action.DISPATCH)
    | Q(action__in=(Action.SPLIT, Action.ASSIST), from_state=""),
    Measure.RETURNED: Q(action=Action.SEND_BACK) | APPROVAL & IS_RETURN,
    Measure.SUSPENDED: APPROVAL & IS_PAUSE,
    Measure.EXTENDED: APPROVAL & ~IS_RETURN & ~IS_PAUSE,
    Measure.EXCLUDED: Q(action=Action.EXCLUDE, content__is_excluded=True),
    Measure.SIGNED_ON_TIME: Q(action=Action.SIGN, content__met__signing=True),
    Measure.CONTACTED: Q(action=Action.REMARK, content__met__has_key=ClockKind.FIRST_CONTACT.value),
    Measure.RESOLVED_ON_TIME: RESULT & Q(content__met__resolution=True),
    Measure.CLOSED: Q(to_state=State.CLOSED) & ~Q(from_state=State.CLOSED),
    Measure.CALLED_BACK: CALL_BACK,
    Measure.SOLVED: CALL_BACK & Q(content__is_solved=True),
    Measure.SATISFIED: CALL_BACK & Q(content__satisfaction=Satisfaction.SATISFIED.value),
    Measure.BASICALLY_SATISFIED: CALL_BACK
    & Q(content__satisfaction=Satisfaction.BASICALLY_SATISFIED.value),
}
