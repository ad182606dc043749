"""The transition table: (state, action) → target, right, clocks met and started.

Source: the workflow of the design, states and actions of 一网统管 work orders. A pair that is not
in the table is refused. `on_refusal` is the target when the person asked says "not solved";
`resumes` then applies only to that refusal.
"""

from dataclasses import dataclass
from enum import Enum

from accounts.enums import Right
from workorders.enums import Action as A
from workorders.enums import ClockKind as C
from workorders.enums import State as S


class Subject(Enum):
    """What the right is asked about: the order's place, or whoever holds the order."""

    PLACE = "place"
    HOLDER = "holder"
    ANYONE_ENTITLED = "anyone entitled"


PLACE, HOLDER = Subject.PLACE, Subject.HOLDER
DISPATCH, HANDLE, CHECK = Right.DISPATCH_ORDERS, Right.HANDLE_ORDERS, Right.CHECK_ORDERS
SUPERVISE, REPORT, CALL = Right.SUPERVISE_ORDERS, Right.REPORT_ORDERS, Right.FOLLOW_UP_ORDERS


@dataclass(frozen=True)
class Transition:
    target: S | None  # None: the state stays
    right: Right
    subject: Subject = PLACE
    meets: tuple[C, ...] = ()
    starts: tuple[C, ...] = ()
    resumes: tuple[C, ...] = ()  # run on with the time already used; the gap counts as a pause
    on_refusal: S | None = None


ENDED = frozenset({S.CLOSED, S.REJECTED, S.CANCELLED, S.MERGED})
OPEN = tuple(state for state in S if state not in ENDED)
SENT = (C.SIGNING, C.FIRST_CONTACT, C.RESOLUTION)  # started when an order is sent to a holder
HELD = (*SENT, C.DISPATCH)  # stopped when it leaves the holder for good
ALL = tuple(C)
T = Transition

# fmt: off
TABLE: dict[tuple[S, A], Transition] = {
    (S.REGISTERED, A.REQUEST_VERIFICATION): T(S.VERIFYING, DISPATCH),
    (S.VERIFYING, A.REPORT_VERIFICATION):   T(S.REGISTERED, REPORT),
    (S.REGISTERED, A.ACCEPT):       T(S.ACCEPTED, DISPATCH, meets=(C.ACCEPTANCE,), starts=(C.DISPATCH,)),
    (S.REGISTERED, A.REJECT):       T(S.REJECTED, DISPATCH, meets=(C.ACCEPTANCE,)),
    (S.REGISTERED, A.ANSWER):       T(S.CLOSED, DISPATCH, meets=(C.ACCEPTANCE,)),
    (S.REGISTERED, A.SELF_HANDLE):  T(S.CLOSED, REPORT, meets=(C.ACCEPTANCE,)),
    (S.ACCEPTED, A.DISPATCH):       T(S.DISPATCHED, DISPATCH, meets=(C.DISPATCH,), starts=SENT),
    (S.DISPATCHED, A.PASS_DOWN):    T(S.DISPATCHED, HANDLE, HOLDER, meets=(C.SIGNING,), starts=(C.SIGNING,)),
    (S.DISPATCHED, A.PASS_UP):      T(S.DISPATCHED, HANDLE, HOLDER, meets=(C.SIGNING,), starts=(C.SIGNING,)),
    (S.HANDLING, A.PASS_DOWN):      T(S.DISPATCHED, HANDLE, HOLDER, starts=(C.SIGNING,)),
    (S.HANDLING, A.PASS_UP):        T(S.DISPATCHED, HANDLE, HOLDER, starts=(C.SIGNING,)),
    (S.DISPATCHED, A.SIGN):         T(S.HANDLING, HANDLE, HOLDER, meets=(C.SIGNING,)),
    (S.DISPATCHED, A.SEND_BACK):    T(S.ACCEPTED, HANDLE, HOLDER, meets=HELD, starts=(C.DISPATCH,)),
    (S.HANDLING, A.SEND_BACK):      T(S.ACCEPTED, HANDLE, HOLDER, meets=HELD, starts=(C.DISPATCH,)),
    (S.HANDLING, A.REQUEST_EXTENSION):  T(None, HANDLE, HOLDER),
    (S.HANDLING, A.REQUEST_SUSPENSION): T(None, HANDLE, HOLDER),
    (S.HANDLING, A.APPROVE):        T(None, SUPERVISE),
    (S.HANDLING, A.REFUSE):         T(None, SUPERVISE),
    (S.SUSPENDED, A.RESUME):        T(S.HANDLING, HANDLE, HOLDER),
    (S.HANDLING, A.ASSIST):         T(None, HANDLE, HOLDER),
    (S.HANDLING, A.SPLIT):          T(None, HANDLE, HOLDER),
    (S.HANDLING, A.RESOLVE):        T(S.RESOLVED, HANDLE, HOLDER, meets=SENT, starts=(C.CHECK,)),
    (S.RESOLVED, A.PASS_CHECK):     T(S.FOLLOW_UP, CHECK, meets=(C.CHECK,), starts=(C.FOLLOW_UP,)),
    (S.RESOLVED, A.REWORK):         T(S.HANDLING, CHECK, meets=(C.CHECK,), resumes=(C.RESOLUTION,)),
    (S.FOLLOW_UP, A.FOLLOW_UP):     T(S.CLOSED, CALL, meets=(C.FOLLOW_UP,),
                                      on_refusal=S.HANDLING, resumes=(C.RESOLUTION,)),
    (S.CLOSED, A.REOPEN):           T(S.HANDLING, SUPERVISE, starts=(C.RESOLUTION,)),
    **{(state, A.MERGE): T(S.MERGED, DISPATCH, meets=ALL)
       for state in (S.REGISTERED, S.ACCEPTED, S.DISPATCHED, S.HANDLING)},
    (S.MERGED, A.UNMERGE):          T(S.ACCEPTED, DISPATCH, starts=(C.DISPATCH,)),
    **{(state, A.CANCEL): T(S.CANCELLED, SUPERVISE, meets=ALL) for state in OPEN},
    **{(state, A.SUPERVISE): T(None, SUPERVISE) for state in S},
    **{(state, A.INSTRUCT): T(None, Right.INSTRUCT_ORDERS) for state in S},
    **{(state, A.EXCLUDE): T(None, SUPERVISE) for state in S},
    **{(state, A.REMARK): T(None, Right.VIEW_ORDERS, Subject.ANYONE_ENTITLED) for state in S},
}
# fmt: on

# In the table, but not built: a call is refused with the code "not_yet".
NOT_YET = frozenset(
    {
        A.REQUEST_VERIFICATION, A.REPORT_VERIFICATION, A.MERGE, A.UNMERGE, A.PASS_DOWN, A.PASS_UP,
        A.REQUEST_EXTENSION, A.REQUEST_SUSPENSION, A.APPROVE, A.REFUSE, A.RESUME, A.ASSIST,
        A.SPLIT, A.SUPERVISE, A.INSTRUCT, A.EXCLUDE,
    }
)  # fmt: skip


def transition(state: S, action: A) -> Transition | None:
    """Find the rule for an action in a state; None where the action is not allowed there."""
    return TABLE.get((state, action))


def actions_from(state: S) -> list[A]:
    """List the actions that are built and allowed in a state, in the table's order."""
    return [action for (source, action) in TABLE if source == state and action not in NOT_YET]
