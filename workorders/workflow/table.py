"""The transition table: (state, action) → target, right, clocks met, started, paused and resumed.

Source: the workflow of the design, states and actions of 一网统管 work orders. A pair that is not
in the table is refused. Where one action may end in different ways, the row names them as roads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Road(Enum):
    """The other ways in which an act may end; the effect of the act tells which one it was."""

    UNSOLVED = "the person asked says: not solved"
    UNREACHED = "nobody answered the call, and it is not the last attempt"
    CONTACTED = "a remark that the resident was contacted"
    EXTENSION = "decides an extension"
    SUSPENSION = "decides a suspension"
    RETURN = "decides a return"
    LETTER = "a supervision letter that must be answered"
    PART = "the order is a part of another"
    ASSISTED = "the order only assists another"
    UNACCEPTED = "the order was never accepted"


PLACE, HOLDER = Subject.PLACE, Subject.HOLDER
DISPATCH, HANDLE, CHECK = Right.DISPATCH_ORDERS, Right.HANDLE_ORDERS, Right.CHECK_ORDERS
SUPERVISE, REPORT, CALL = Right.SUPERVISE_ORDERS, Right.REPORT_ORDERS, Right.FOLLOW_UP_ORDERS
INSTRUCT, VIEW = Right.INSTRUCT_ORDERS, Right.VIEW_ORDERS


@dataclass(frozen=True)
class Way:
    """Where an act leads, and what it does to the clocks."""

    target: S | None = None  # None: the state stays
    meets: tuple[C, ...] = ()
    starts: tuple[C, ...] = ()
    pauses: tuple[C, ...] = ()
    resumes: tuple[C, ...] = ()  # run on with the time already used; the gap counts as a pause
    unpauses: tuple[C, ...] = ()  # the same, but what was met meanwhile stays met


@dataclass(frozen=True)
class Transition:
    """The rule of one action in one state: who may, the usual way, and the other roads."""

    right: Right
    subject: Subject
    way: Way
    roads: Mapping[Road, Way] = field(default_factory=dict)

    @property
    def target(self) -> S | None:
        return self.way.target


def T(
    target: S | None,
    right: Right,
    subject: Subject = PLACE,
    roads: Mapping[Road, Way] | None = None,
    **clocks: tuple[C, ...],
) -> Transition:
    return Transition(right, subject, Way(target, **clocks), roads or {})


ENDED = frozenset({S.CLOSED, S.REJECTED, S.CANCELLED, S.MERGED})
OPEN = tuple(state for state in S if state not in ENDED)
HELD_STATES = frozenset({S.DISPATCHED, S.HANDLING})  # somebody works on it, or sits on it
SENT = (C.SIGNING, C.FIRST_CONTACT, C.RESOLUTION)  # started when an order is sent to a holder
HELD = (*SENT, C.DISPATCH)  # stopped when it leaves the holder for good
WORK = (C.FIRST_CONTACT, C.RESOLUTION)  # stand still while an order is suspended
ALL = tuple(C)
SENT_BACK = Way(S.ACCEPTED, meets=HELD, starts=(C.DISPATCH,))

# fmt: off
TABLE: dict[tuple[S, A], Transition] = {
    (S.REGISTERED, A.REQUEST_VERIFICATION): T(S.VERIFYING, DISPATCH, pauses=(C.ACCEPTANCE,),
                                              starts=(C.VERIFICATION,)),
    (S.VERIFYING, A.REPORT_VERIFICATION):   T(S.REGISTERED, REPORT, meets=(C.VERIFICATION,),
                                              unpauses=(C.ACCEPTANCE,)),
    (S.REGISTERED, A.ACCEPT):       T(S.ACCEPTED, DISPATCH, meets=(C.ACCEPTANCE,), starts=(C.DISPATCH,)),
    (S.REGISTERED, A.REJECT):       T(S.REJECTED, DISPATCH, meets=ALL),
    (S.REGISTERED, A.ANSWER):       T(S.CLOSED, DISPATCH, meets=ALL),
    (S.REGISTERED, A.SELF_HANDLE):  T(S.CLOSED, REPORT, meets=ALL),
    (S.ACCEPTED, A.DISPATCH):       T(S.DISPATCHED, DISPATCH, meets=(C.DISPATCH,), starts=SENT),
    (S.DISPATCHED, A.PASS_DOWN):    T(S.DISPATCHED, HANDLE, HOLDER, meets=(C.SIGNING,), starts=(C.SIGNING,)),
    (S.DISPATCHED, A.PASS_UP):      T(S.DISPATCHED, HANDLE, HOLDER, meets=(C.SIGNING,), starts=(C.SIGNING,)),
    (S.HANDLING, A.PASS_DOWN):      T(S.DISPATCHED, HANDLE, HOLDER, starts=(C.SIGNING,)),
    (S.HANDLING, A.PASS_UP):        T(S.DISPATCHED, HANDLE, HOLDER, starts=(C.SIGNING,)),
    (S.DISPATCHED, A.SIGN):         T(S.HANDLING, HANDLE, HOLDER, meets=(C.SIGNING,)),
    **{(state, A.SEND_BACK): Transition(HANDLE, HOLDER, SENT_BACK) for state in HELD_STATES},
    **{(state, A.REQUEST_RETURN): T(None, HANDLE, HOLDER) for state in HELD_STATES},
    (S.HANDLING, A.REQUEST_EXTENSION):  T(None, HANDLE, HOLDER),
    (S.HANDLING, A.REQUEST_SUSPENSION): T(None, HANDLE, HOLDER),
    (S.DISPATCHED, A.APPROVE):      T(None, SUPERVISE, roads={Road.RETURN: SENT_BACK}),
    (S.HANDLING, A.APPROVE):        T(None, SUPERVISE, roads={
        Road.EXTENSION: Way(), Road.SUSPENSION: Way(S.SUSPENDED, pauses=WORK), Road.RETURN: SENT_BACK}),
    **{(state, A.REFUSE): T(None, SUPERVISE) for state in HELD_STATES},
    (S.SUSPENDED, A.RESUME):        T(S.HANDLING, HANDLE, HOLDER, unpauses=WORK),
    (S.HANDLING, A.ASSIST):         T(None, HANDLE, HOLDER),
    (S.HANDLING, A.SPLIT):          T(None, HANDLE, HOLDER),
    (S.HANDLING, A.RESOLVE):        T(S.RESOLVED, HANDLE, HOLDER, meets=SENT, starts=(C.CHECK,),
                                      roads={Road.ASSISTED: Way(S.CLOSED, meets=ALL)}),
    (S.RESOLVED, A.PASS_CHECK):     T(S.FOLLOW_UP, CHECK, meets=(C.CHECK,), starts=(C.FOLLOW_UP,),
                                      roads={Road.PART: Way(S.CLOSED, meets=ALL)}),
    (S.RESOLVED, A.REWORK):         T(S.HANDLING, CHECK, meets=(C.CHECK,), resumes=(C.RESOLUTION,)),
    (S.FOLLOW_UP, A.REWORK):        T(S.HANDLING, CHECK, meets=(C.FOLLOW_UP,), resumes=(C.RESOLUTION,)),
    (S.FOLLOW_UP, A.FOLLOW_UP):     T(S.CLOSED, CALL, meets=ALL, roads={
        Road.UNSOLVED: Way(S.HANDLING, meets=(C.FOLLOW_UP,), resumes=(C.RESOLUTION,)),
        Road.UNREACHED: Way()}),
    (S.MERGED, A.FOLLOW_UP):        T(None, CALL, roads={Road.UNSOLVED: Way(), Road.UNREACHED: Way()}),
    (S.CLOSED, A.REOPEN):           T(S.HANDLING, SUPERVISE, starts=(C.RESOLUTION,)),
    **{(state, A.MERGE): T(S.MERGED, DISPATCH, meets=ALL)
       for state in (S.REGISTERED, S.ACCEPTED, S.DISPATCHED, S.HANDLING)},
    (S.MERGED, A.MERGE):            T(None, DISPATCH),  # moves on to another order
    (S.MERGED, A.UNMERGE):          T(S.ACCEPTED, DISPATCH, starts=(C.DISPATCH,), roads={
        Road.UNACCEPTED: Way(S.REGISTERED, resumes=(C.ACCEPTANCE,))}),
    **{(state, A.CANCEL): T(S.CANCELLED, SUPERVISE, meets=ALL) for state in OPEN},
    **{(state, A.RECLASSIFY): T(None, DISPATCH) for state in OPEN if state is not S.REGISTERED},
    **{(state, A.SUPERVISE): T(None, SUPERVISE, roads={Road.LETTER: Way(starts=(C.SUPERVISION,))})
       for state in S},
    **{(state, A.ANSWER_SUPERVISION): T(None, HANDLE, HOLDER, meets=(C.SUPERVISION,)) for state in OPEN},
    **{(state, A.INSTRUCT): T(None, INSTRUCT) for state in S},
    **{(state, A.EXCLUDE): T(None, SUPERVISE) for state in S},
    **{(state, A.REMARK): T(None, VIEW, Subject.ANYONE_ENTITLED, roads={
        Road.CONTACTED: Way(meets=(C.FIRST_CONTACT,))}) for state in S},
}
# fmt: on

# What the resident may do through the link, and the system by itself, without anybody's right.
BY_RESIDENT = frozenset({A.FOLLOW_UP, A.REOPEN})
BY_SYSTEM = frozenset(
    {
        A.ACCEPT, A.DISPATCH,  # what a vital sign that turned bad opens with its owner
        A.PASS_UP, A.RESUME, A.SUPERVISE, A.REWORK, A.REOPEN, A.CANCEL, A.MERGE, A.REMARK,
    }
)  # fmt: skip


def transition(state: S, action: A) -> Transition | None:
    """Find the rule for an action in a state; None where the action is not allowed there."""
    return TABLE.get((state, action))


def actions_from(state: S) -> list[A]:
    """List the actions allowed in a state, in the table's order."""
    return [action for (source, action) in TABLE if source == state]
