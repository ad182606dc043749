"""Families in the plain model: orders merged into one, split into parts, helped by others."""

from tests.workorders.model_acts import EFFECTS as ALONE
from tests.workorders.model_acts import check, far_enough, words
from tests.workorders.model_tables import ABOVE, ENDED, has_right, is_grid, path_of

SYSTEM = ""  # who follows up what somebody did to another order
ASKED = ("follow_up", "closed")


def open_parts(order, kinds=("split", "assist")):
    return [
        other
        for other in order.family.values()
        if other.parent == order.name and other.part in kinds and other.state not in ENDED
    ]


def merge(order, carried, at, person):
    words(carried, "into")
    into = order.family.get(carried["into"])
    check(into is not order, "merge_into_itself")
    is_seen = into and (person == SYSTEM or has_right(person, "view", into, "either"))
    check(is_seen, "merge_target_not_found")
    check(order.master != into.name, "merge_already_there")
    check(into.master is None, "merge_target_merged")
    check(into.state not in ENDED, "merge_target_ended")
    check(not into.part, "merge_target_is_part")
    if order.master is None:
        check(not order.part, "part_cannot_merge")
        check(not open_parts(order), "parts_open")
    came_with = [other for other in order.family.values() if other.master == order.name]
    order.master, order.is_overdue = into.name, False
    order.following = [(other, "merge", {"into": into.name}) for other in came_with]
    order.following.append((into, "remark", {"text": "并入本单"}))


def unmerge(order, carried, at, person):
    master = order.family[order.master]
    order.master, order.holder, order.is_called_back = None, None, False
    order.following = [(master, "remark", {"text": "撤销并单"})]
    return None if order.is_accepted else "unaccepted"


def follow_up(order, carried, at, person):
    if order.state != "merged":
        return ALONE["follow_up"](order, carried, at, person)
    master = order.family[order.master]
    check(not order.is_called_back, "already_called_back")
    check(master.state in ASKED and master.holder, "master_not_done")
    road = ALONE["follow_up"](order, carried, at, person)
    order.is_called_back = road is None
    if road == "unsolved":
        again = "reopen" if master.state == "closed" else "rework"
        order.following = [(master, again, {"reason": "未解决", "finding": "未解决"})]
    return "merged"


def split(order, carried, at, person):
    check(not order.part, "part_cannot_split")
    check(carried.get("parts"))
    for part in carried["parts"]:
        words(part, "text")
        if part.get("due_at"):
            far_enough(part["due_at"], at)
        grid = part.get("grid")
        check(grid or part.get("department"))
        check(not grid or len(order.place) < 2 or path_of(grid)[1] == order.place[1])
    holders = [(part.get("grid") or part["department"], part) for part in carried["parts"]]
    order.opening = [("split", holder, part.get("due_at")) for holder, part in holders]


def assist(order, carried, at, person):
    check(not order.part, "part_cannot_assist")
    words(carried, "text")
    asked = carried.get("departments") or []
    own = ABOVE[order.holder] if is_grid(order.holder) else order.holder
    check(asked and len(set(asked)) == len(asked) and own not in asked)
    order.opening = [("assist", holder, None) for holder in asked]


def resolve(order, carried, at, person):
    if not order.part:
        check(not open_parts(order, ("split",)), "parts_open")
    ALONE["resolve"](order, carried, at, person)
    order.following = [(part, "cancel", {"reason": "已办结"}) for part in open_parts(order)]
    return "assisted" if order.part == "assist" else None


def pass_check(order, carried, at, person):
    ALONE["pass_check"](order, carried, at, person)
    return "part" if order.part else None


def reopen(order, carried, at, person):
    if order.part:
        check(order.family[order.parent].state == "handling", "parent_not_handling")
    ALONE["reopen"](order, carried, at, person)


def cancel(order, carried, at, person):
    ALONE["cancel"](order, carried, at, person)
    order.following = [(part, "cancel", {"reason": "主单作废"}) for part in open_parts(order)]


EFFECTS = ALONE | {
    "merge": merge, "unmerge": unmerge, "follow_up": follow_up, "split": split, "assist": assist,
    "resolve": resolve, "pass_check": pass_check, "reopen": reopen, "cancel": cancel,
}  # fmt: skip
