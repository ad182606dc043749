"""What each action changes on the order itself, and what it leaves on record.

An effect gets the locked order and the act, changes fields in place, and returns an `Effect`.
States, clocks, events and figures are the business of `transitions`, alike for every action.
"""

from collections.abc import Callable

from workorders.enums import Action
from workorders.models import WorkOrder
from workorders.services.effects.acceptance import accept, answer, reject, self_handle
from workorders.services.effects.base import Act, Effect, Step, put_in_area
from workorders.services.effects.holding import dispatch, send_back, sign
from workorders.services.effects.outcomes import (
    cancel,
    follow_up,
    pass_check,
    reopen,
    resolve,
    rework,
)
from workorders.services.effects.remarks import remark
from workorders.services.effects.supervision import (
    HIGHEST_LEVEL,
    answer_supervision,
    instruct,
    supervise,
)

__all__ = ["EFFECTS", "HIGHEST_LEVEL", "Act", "Effect", "Step", "put_in_area"]

EFFECTS: dict[Action, Callable[[WorkOrder, Act], Effect]] = {
    Action.ACCEPT: accept,
    Action.REJECT: reject,
    Action.ANSWER: answer,
    Action.SELF_HANDLE: self_handle,
    Action.DISPATCH: dispatch,
    Action.SIGN: sign,
    Action.SEND_BACK: send_back,
    Action.RESOLVE: resolve,
    Action.PASS_CHECK: pass_check,
    Action.REWORK: rework,
    Action.FOLLOW_UP: follow_up,
    Action.REOPEN: reopen,
    Action.CANCEL: cancel,
    Action.REMARK: remark,
    Action.SUPERVISE: supervise,
    Action.ANSWER_SUPERVISION: answer_supervision,
    Action.INSTRUCT: instruct,
}
