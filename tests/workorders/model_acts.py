"""What each act of the plain model must carry, and what it changes besides state and clocks."""

from tests.workorders.model_clocks import FARTHEST, WORKING_DAY, advance, limit_of
from tests.workorders.model_tables import (
    ABOVE,
    ATTEMPTS,
    BELOW,
    HIGHEST,
    OPEN,
    PEOPLE,
    REQUESTS,
    RETURNS,
    path_of,
)


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def check(is_right, code="invalid"):
    if not is_right:
        raise Refused(code)


def words(carried, name):
    check(carried.get(name, "").strip())


def later(carried, name, at):
    check(carried.get(name) is not None)
    return far_enough(carried[name], at)


def far_enough(instant, at):
    check(instant > at, "limit_in_past")
    check(instant - at <= FARTHEST, "limit_too_far")
    return instant


def request_verification(order, carried, at, person):
    check(len(order.place) > 2, "place_unknown")


def accept(order, carried, at, person):
    category = carried.get("category") or order.category
    check(category)
    check(carried.get("area") or order.is_placed)
    order.category, order.is_accepted = category, True
    if carried.get("area"):
        order.place, order.is_placed = path_of(carried["area"]), True


def reject(order, carried, at, person):
    words(carried, "reason")


def self_handle(order, carried, at, person):
    words(carried, "result")
    check(False)  # nobody in these histories takes photos


def hand(order, holder, carried, at):
    deadline = later(carried, "due_at", at) if carried.get("due_at") else None
    order.holder, order.handed_at, order.deadline = holder, at, deadline


def dispatch(order, carried, at, person):
    grid = carried.get("grid")
    check(grid or carried.get("department"))
    check(not grid or PEOPLE[person][1] in path_of(grid))
    hand(order, grid or carried["department"], carried, at)


def pass_down(order, carried, at, person):
    below, wanted = BELOW.get(order.holder, set()), carried.get("grid") or carried.get("department")
    check(below, "no_next_level")
    check(wanted)
    check(wanted in below, "not_next_level")
    hand(order, wanted, carried, at)


def pass_up(order, carried, at, person):
    above = ABOVE.get(order.holder)
    check(above, "no_next_level")
    wanted = carried.get("grid") or carried.get("department") or above
    check(wanted == above, "not_next_level")
    hand(order, wanted, carried, at)


def take_back(order):
    order.holder, order.is_overdue = None, False
    order.returns += 1


def send_back(order, carried, at, person):
    words(carried, "reason")
    check(order.returns < RETURNS, "send_back_limit")
    # A part that nobody has passed on was never handed over by an act.
    is_late = order.handed_at and at > advance(order.handed_at, WORKING_DAY)
    check(not is_late, "send_back_too_late")
    take_back(order)


def ask(kind):
    def request(order, carried, at, person):
        until = later(carried, "until", at) if kind != "return" else None
        if kind == "extension":
            check_longer(order, until)
        words(carried, "reason")
        check(order.asked is None, "application_pending")
        order.asked = (kind, until)

    return request


def check_longer(order, until):
    clocks = order.running("resolution")
    check(clocks, "no_deadline")
    check(until > clocks[0].due, "not_longer")


def approve(order, carried, at, person):
    check(order.asked, "no_application")
    kind, until = order.asked
    check(until is None or until > at, "limit_in_past")
    if kind == "extension":
        check_longer(order, until)
        order.is_overdue, order.deadline = False, until
    order.resume_at = until if kind == "suspension" else None
    if kind == "return":
        take_back(order)
    order.asked = None
    return kind


def refuse(order, carried, at, person):
    words(carried, "reason")
    check(order.asked, "no_application")
    order.asked = None


def reclassify(order, carried, at, person):
    category = carried.get("category")
    check(category)
    check(category != order.category, "same_category")
    order.category = category
    for clock in order.running():
        if clock.fixed is None:
            clock.limit = limit_of(category, clock.kind)
            clock.late_at = clock.late_at and (clock.late_at if clock.due <= at else None)
            order.is_overdue &= clock.kind != "resolution"


def supervise(order, carried, at, person):
    words(carried, "text")
    level = carried.get("level") or max(order.supervision, 1)
    check(order.supervision <= level <= HIGHEST and level >= 1)
    if carried.get("is_letter", True):
        check(order.state in OPEN, "letter_on_ended")
        check(order.holder, "no_holder")
        order.letters += 1
    order.supervision = level
    is_first = carried.get("is_letter", True) and not order.running("supervision")
    return "letter" if is_first else None


def answer_supervision(order, carried, at, person):
    words(carried, "answer")
    check(order.letters, "no_letter")
    order.letters = 0


def exclude(order, carried, at, person):
    words(carried, "reason")
    wanted = carried.get("is_excluded", True)
    check(wanted != order.is_excluded, "nothing_to_change")
    order.is_excluded = wanted


def resolve(order, carried, at, person):
    words(carried, "result")
    words(carried, "proof")
    order.is_overdue = False


def pass_check(order, carried, at, person):
    order.attempts = 0  # to reach the person about this result


def follow_up(order, carried, at, person):
    if not carried.get("is_reached"):
        order.attempts += 1
        return "unreached" if order.attempts < ATTEMPTS else None
    check(carried.get("is_solved") is not None)
    check(not carried["is_solved"] or carried.get("satisfaction"))
    return None if carried["is_solved"] else "unsolved"


def reopen(order, carried, at, person):
    words(carried, "reason")
    check(order.holder, "never_dispatched")
    order.reopenings += 1


def cancel(order, carried, at, person):
    words(carried, "reason")
    order.is_overdue = False


def remark(order, carried, at, person):
    words(carried, "text")
    return "contacted" if carried.get("kind") == "contacted" else None


EFFECTS = {
    "request_verification": request_verification, "accept": accept, "reject": reject,
    "self_handle": self_handle, "dispatch": dispatch, "pass_down": pass_down, "pass_up": pass_up,
    "send_back": send_back, **{action: ask(kind) for action, kind in REQUESTS.items()},
    "approve": approve, "refuse": refuse, "reclassify": reclassify, "exclude": exclude,
    "resolve": resolve, "pass_check": pass_check, "follow_up": follow_up, "reopen": reopen,
    "cancel": cancel,
    "remark": remark, "supervise": supervise, "answer_supervision": answer_supervision,
}  # fmt: skip
