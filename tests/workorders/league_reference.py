"""League tables counted in plain Python, order by order: what the statements must agree with."""

from collections import Counter, defaultdict
from fractions import Fraction

from workorders.models import Event

OPEN = {"registered", "verifying", "accepted", "dispatched", "handling", "suspended", "resolved",
        "follow_up"}  # fmt: skip
LEVELS = {1: "in_district", 2: "in_street", 3: "in_community", 4: "in_grid"}
# rate → (numerator, denominator) as sums of counted names, with their weights
SUMS = {
    "on_time": ({"on time": 1}, {"with limit": 1, "late": 1}),
    "closure": ({"closed": 1}, {"closed": 1, "late": 1}),
    "signing": ({"signed on time": 1}, {"sent": 1}),
    "extension": ({"extended": 1}, {"sent": 1}),
    "held": ({"seconds": 1}, {"hops": 1}),
    "returns": ({"returned": 1}, {"sent": 1}),
    "rework": ({"reworked": 1}, {"sent": 1}),
    "reopening": ({"reopened": 1}, {"sent": 1}),
    "first_dispatch": ({"first right": 1}, {"first": 1}),
    "response": ({"contacted": 1}, {"called": 1}),
    "solution": ({"solved": 1}, {"called": 1}),
    "satisfaction": ({"satisfied": 1, "basically_satisfied": Fraction(9, 10)}, {"called": 1}),
    **{name: ({name: 1}, {"resolved": 1}) for name in LEVELS.values()},
}


def reference_league(*, month, key_of):
    """Give {key: {rate: ((numerator, denominator) of all, the same of those assessed)}}.

    `key_of(event, role)` says for whom an event counts as one of "holder", "sender" or "last".
    """
    counted = (defaultdict(Counter), defaultdict(Counter))
    for events in histories(month.as_of):
        acts = [event for event in events if event.action == "exclude"]
        is_excluded = bool(acts) and acts[-1].content["is_excluded"]
        for key, name, amount in of_order(events, month, key_of):
            if key is not None:
                counted[0][key][name] += amount
                counted[1][key][name] += 0 if is_excluded else amount
    return {
        key: {rate: tuple(parts(side[key], *sums) for side in counted)
              for rate, sums in SUMS.items()}
        for key in counted[0]
    }  # fmt: skip


def parts(counts, numerator, denominator):
    return tuple(
        Fraction(sum(Fraction(counts[name]) * weight for name, weight in names.items()))
        for names in (numerator, denominator)
    )


def histories(as_of):
    by_order = defaultdict(list)
    for event in Event.objects.order_by("order_id", "sequence"):
        if event.at <= as_of:
            by_order[event.order_id].append(event)
    return by_order.values()


def of_order(events, month, key_of):
    """Give what one order counts: (for whom, name, amount)."""
    for event in events:
        if month.start <= event.at < month.end:
            for name, role, amount in of_event(event):
                yield key_of(event, role), name, amount
    yield from of_first_dispatch(events, month, key_of)
    yield from of_contacted_calls(events, month, key_of)
    newest = [event for event in events if event.at < month.end][-1:]
    if newest and newest[0].is_overdue and newest[0].to_state in OPEN:
        yield key_of(newest[0], "holder"), "late", 1


def of_first_dispatch(events, month, key_of):
    dispatched = [index for index, event in enumerate(events) if event.action == "dispatch"]
    for index in dispatched[:1]:
        event = events[index]
        if month.start <= event.at < month.end:
            yield key_of(event, "sender"), "first", 1
            if not any(is_return(later) for later in events[index + 1 :]):
                yield key_of(event, "sender"), "first right", 1


def of_contacted_calls(events, month, key_of):
    was_contacted = False
    for event in events:
        is_call = event.action == "follow_up" and event.content.get("is_reached")
        if is_call and was_contacted and month.start <= event.at < month.end:
            yield key_of(event, "holder"), "contacted", 1
        if event.action == "remark" and event.content.get("kind") == "contacted":
            was_contacted = True


def is_return(event):
    return event.action == "send_back" or (
        event.action == "approve" and event.to_state == "accepted"
    )


def of_event(event):
    content, met = event.content, event.content.get("met", {})
    names = {
        "sign": ["signed on time"] if met.get("signing") else [],
        "rework": ["reworked"],
        "reopen": ["reopened"],
        "self_handle": ["resolved", "in_grid"],
    }.get(event.action, [])
    is_part = event.action in ("split", "assist") and not event.from_state
    if is_part or event.action in ("dispatch", "pass_down", "pass_up"):
        names = ["sent"]
    if event.action == "approve" and event.to_state in ("dispatched", "handling"):
        names = ["extended"]
    if is_return(event):
        names = ["returned"]
    if event.action == "resolve":
        names = ["with limit"] if "resolution" in met else []
        names += ["on time"] if met.get("resolution") else []
        names += ["resolved", LEVELS[content["level"]]] if content["level"] else []
    if event.action == "follow_up" and content.get("is_reached"):
        names = ["called", *(["solved"] if content["is_solved"] else [])]
        names += [content["satisfaction"]] if content["satisfaction"] else []
    if event.to_state == "closed" and event.from_state != "closed":
        names = [*names, "closed"]
    yield from ((name, "holder", 1) for name in names)
    if content.get("held_by"):
        yield "hops", "last", 1
        yield "seconds", "last", content["held_seconds"]
