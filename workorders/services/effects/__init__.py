"""What each action changes on the order itself, and what it leaves on record.

An effect gets the locked order and the act, changes fields in place, and returns an `Effect`.
States, clocks, events and figures are the business of `transitions`, alike for every action.
"""

from collections.abc import Callable

from workorders.enums import Action
from workorders.models import WorkOrder
from workorders.services.effects.acceptance import accept, answer, reject, self_handle
from workorders.services.effects.applications import (
    approve,
    refuse,
    request_extension,
    request_return,
    request_suspension,
    resume,
)
from workorders.services.effects.base import Act, Effect, Step, put_in_area
from workorders.services.effects.corrections import exclude, reclassify
from workorders.services.effects.families import follow_up, merge, unmerge
from workorders.services.effects.holding import dispatch, pass_down, pass_up, send_back, sign
from workorders.services.effects.outcomes import rework
from workorders.services.effects.parts import assist, cancel, pass_check, reopen, resolve, split
from workorders.services.effects.remarks import remark
from workorders.services.effects.supervision import (
    HIGHEST_LEVEL,
    answer_supervision,
    instruct,
    supervise,
)
from workorders.services.effects.verification import report_verification, request_verification

__all__ = ["EFFECTS", "HIGHEST_LEVEL", "Act", "Effect", "Step", "put_in_area"]

EFFECTS: dict[Action, Callable[[WorkOrder, Act], Effect]] = {
    Action.REQUEST_VERIFICATION: request_verification,
    Action.REPORT_VERIFICATION: report_verification,
    Action.ACCEPT: accept,
    Action.REJECT: reject,
    Action.ANSWER: answer,
    Action.SELF_HANDLE: self_handle,
    Action.DISPATCH: dispatch,
    Action.PASS_DOWN: pass_down,
    Action.PASS_UP: pass_up,
    Action.SIGN: sign,
    Action.SEND_BACK: send_back,
    Action.REQUEST_RETURN: request_return,
    Action.REQUEST_EXTENSION: request_extension,
    Action.REQUEST_SUSPENSION: request_suspension,
    Action.APPROVE: approve,
    Action.REFUSE: refuse,
    Action.RESUME: resume,
    Action.RESOLVE: resolve,
    Action.PASS_CHECK: pass_check,
    Action.REWORK: rework,
    Action.FOLLOW_UP: follow_up,
    Action.REOPEN: reopen,
    Action.CANCEL: cancel,
    Action.RECLASSIFY: reclassify,
    Action.EXCLUDE: exclude,
    Action.REMARK: remark,
    Action.SUPERVISE: supervise,
    Action.ANSWER_SUPERVISION: answer_supervision,
    Action.INSTRUCT: instruct,
    Action.MERGE: merge,
    Action.UNMERGE: unmerge,
    Action.SPLIT: split,
    Action.ASSIST: assist,
}
