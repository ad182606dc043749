"""The design's tables of the life of orders: who may do what, from where to where, which clocks."""

RIGHTS = {
    "dispatcher": {"view", "report", "dispatch"},
    "handler": {"view", "handle"},
    "grid_worker": {"view", "report", "handle"},
    "clerk": {"view", "call"},
    "supervisor": {"view", "check", "supervise"},
    "leader": {"view", "instruct"},
}
# name: (role, area or department)
PEOPLE = {
    "dispatcher": ("dispatcher", "区"), "east": ("dispatcher", "东街"),
    "west": ("dispatcher", "西街"), "handler": ("handler", "城管局"),
    "other-handler": ("handler", "水务局"), "worker": ("grid_worker", "东街1社区1格"),
    "west-worker": ("grid_worker", "西街1社区1格"), "clerk": ("clerk", "区"),
    "supervisor": ("supervisor", "区"), "leader": ("leader", "区"),
    "centre-handler": ("handler", "区中心"), "east-handler": ("handler", "东街中心"),
    "station-handler": ("handler", "东街1社区站"),
}  # fmt: skip
OPEN = {
    "registered", "verifying", "accepted", "dispatched", "handling", "suspended", "resolved",
    "follow_up",
}  # fmt: skip
ENDED = {"closed", "rejected", "cancelled", "merged"}
ANY = OPEN | ENDED
HELD = {"dispatched", "handling"}

# action: (from, to ("": stays), right, on what)
ACTIONS = {
    "request_verification": ({"registered"}, "verifying", "dispatch", "place"),
    "report_verification": ({"verifying"}, "registered", "report", "place"),
    "accept": ({"registered"}, "accepted", "dispatch", "place"),
    "reject": ({"registered"}, "rejected", "dispatch", "place"),
    "answer": ({"registered"}, "closed", "dispatch", "place"),
    "self_handle": ({"registered"}, "closed", "report", "place"),
    "dispatch": ({"accepted"}, "dispatched", "dispatch", "place"),
    "pass_down": (HELD, "dispatched", "handle", "holder"),
    "pass_up": (HELD, "dispatched", "handle", "holder"),
    "sign": ({"dispatched"}, "handling", "handle", "holder"),
    "split": ({"handling"}, "", "handle", "holder"),
    "assist": ({"handling"}, "", "handle", "holder"),
    "send_back": (HELD, "accepted", "handle", "holder"),
    "request_return": (HELD, "", "handle", "holder"),
    "request_extension": ({"handling"}, "", "handle", "holder"),
    "request_suspension": ({"handling"}, "", "handle", "holder"),
    "approve": (HELD, "", "supervise", "place"),
    "refuse": (HELD, "", "supervise", "place"),
    "resume": ({"suspended"}, "handling", "handle", "holder"),
    "resolve": ({"handling"}, "resolved", "handle", "holder"),
    "pass_check": ({"resolved"}, "follow_up", "check", "place"),
    "rework": ({"resolved", "follow_up"}, "handling", "check", "place"),
    "follow_up": ({"follow_up", "merged"}, "closed", "call", "place"),
    "merge": (
        {"registered", "accepted", "dispatched", "handling", "merged"},
        "merged",
        "dispatch",
        "place",
    ),
    "unmerge": ({"merged"}, "accepted", "dispatch", "place"),
    "reopen": ({"closed"}, "handling", "supervise", "place"),
    "cancel": (OPEN, "cancelled", "supervise", "place"),
    "reclassify": (OPEN - {"registered"}, "", "dispatch", "place"),
    "supervise": (ANY, "", "supervise", "place"),
    "answer_supervision": (OPEN, "", "handle", "holder"),
    "instruct": (ANY, "", "instruct", "place"),
    "exclude": (ANY, "", "supervise", "place"),
    "remark": (ANY, "", "view", "either"),
}
# clock: (started by, stopped by, run on by); what ends an order stops them all.
CLOCKS = {
    "acceptance": (set(), {"accept"}, {"unaccepted"}),
    "verification": ({"request_verification"}, {"report_verification"}, set()),
    "dispatch": ({"accept", "return", "unmerge"}, {"dispatch"}, set()),
    "signing": (
        {"dispatch", "pass_down", "pass_up"},
        {"sign", "return", "pass_down", "pass_up", "resolve"},
        set(),
    ),
    "first_contact": ({"dispatch"}, {"contacted", "return", "resolve"}, set()),
    "resolution": ({"dispatch", "reopen"}, {"return", "resolve"}, {"rework", "unsolved"}),
    "check": ({"resolve"}, {"pass_check", "rework"}, set()),
    "follow_up": ({"pass_check"}, {"rework", "unsolved"}, set()),
    "supervision": ({"letter"}, {"answer_supervision"}, set()),
}
NO_CLOCK = (set(), set(), set())
# The clocks that are started with a holder.
SENT = ("signing", "first_contact", "resolution")
# state: the clocks that stand still in it
STILL = {"verifying": {"acceptance"}, "suspended": {"first_contact", "resolution"}}
# An act that goes another way than its name says: how the clocks call it.
CALLED = {"send_back": "return", ("approve", "return"): "return"}
REQUESTS = {
    "request_extension": "extension", "request_suspension": "suspension",
    "request_return": "return",
}  # fmt: skip
TEXTS = {
    "report_verification": "finding", "answer": "answer", "self_handle": "result",
    "send_back": "reason", "refuse": "reason", "resolve": "result", "rework": "finding",
    "reopen": "reason", "cancel": "reason", "exclude": "reason", "remark": "text",
    "supervise": "text", "answer_supervision": "answer", "instruct": "text",
}  # fmt: skip
RETURNS, ATTEMPTS, HIGHEST = 3, 3, 3

# Who works under whom: the holder above each holder, and those below.
ABOVE = {"城管局": "区中心", "水务局": "区中心"}
BELOW = {name: {"东街中心", "西街中心"} for name in ("区中心", "城管局", "水务局")}
LEVELS = {"区中心": 1, "城管局": 1, "水务局": 1}
for _street in ("东街", "西街"):
    ABOVE[f"{_street}中心"], BELOW[f"{_street}中心"] = "区中心", set()
    LEVELS[f"{_street}中心"] = 2
    for _community in (f"{_street}1社区", f"{_street}2社区"):
        _station, _grids = f"{_community}站", {f"{_community}1格", f"{_community}2格"}
        ABOVE |= {_station: f"{_street}中心"} | dict.fromkeys(_grids, _station)
        BELOW |= {_station: _grids}
        BELOW[f"{_street}中心"] |= {_station} | _grids
        LEVELS |= {_station: 3} | dict.fromkeys(_grids, 4)


def path_of(area):
    """List an area and those above it: 东街1社区1格 lies in 东街1社区, 东街 and 区."""
    parts = ["区", area[:2], area[:5], area]
    return [] if not area else ["区"] if area == "区" else list(dict.fromkeys(parts))


# (action, road): the state, where the action's own target is not it
STATES = {
    ("follow_up", "unsolved"): "handling", ("follow_up", "unreached"): "follow_up",
    ("approve", "suspension"): "suspended", ("approve", "return"): "accepted",
    ("follow_up", "merged"): "merged", ("unmerge", "unaccepted"): "registered",
    ("resolve", "assisted"): "closed", ("pass_check", "part"): "closed",
}  # fmt: skip


def has_right(person, right, order, on):
    role, post = PEOPLE[person]
    if right not in RIGHTS[role]:
        return False
    in_place = post in order.place
    is_holder = post in (order.holder, ABOVE.get(order.holder) if is_grid(order.holder) else None)
    return (in_place and on != "holder") or (is_holder and on != "place")


def is_grid(holder):
    return LEVELS.get(holder) == 4
