"""Random lives of several orders, with several people, against the plain model of `model.py`.

After every act the centre's orders equal the model's, a refusal has the model's code and has
written nothing; at the end the figures equal a recount and every chain of events holds. More of
it, with other draws each time: YIWANG_LIVES=2000 pytest tests/workorders/test_state_machine.py
"""

import os
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.enums import Role
from accounts.models import User
from governance.lib.errors import DomainError
from grids.services import appoint
from tests.town import EAST_POINT, WEST_POINT
from tests.workorders.model import Model
from tests.workorders.model_acts import Refused
from tests.workorders.model_clocks import LIMITS, OF_CATEGORY
from tests.workorders.model_tables import ACTIONS, LEVELS, OPEN, PEOPLE
from workorders.enums import Action, ClockKind
from workorders.models import Clock, Event, TimeLimit, WorkOrder
from workorders.report import Report
from workorders.services import (
    Actor,
    apply,
    count_held,
    fire_due,
    fold_deltas,
    receive,
    recount,
    resume_due,
)
from workorders.services.journal import digest_of
from workorders.worktime import LimitUnit

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
STEPS = 30
LIVES = int(os.environ.get("YIWANG_LIVES", "0"))
PLACES = {"东街1社区1格": EAST_POINT, "西街1社区1格": WEST_POINT, "": None}
# Minutes that pass: seconds count too, so that nothing meets a deadline by chance alone.
PAUSES = st.sampled_from([1, 7, 20, 31, 45, 119, 180, 430, 1441, 2900, 10080, 50000])
DAYS = st.sampled_from([-2, 0, 1, 3, 8, 30, 2000])

PICKS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 999), st.integers(0, 11)), min_size=2, max_size=6
)
# What moves an order on is done more often than what ends it early or says something.
WEIGHTS = {
    "accept": 8, "dispatch": 12, "sign": 8, "resolve": 6, "pass_check": 6, "follow_up": 6,
    "report_verification": 6, "reopen": 6, "resume": 4, "request_extension": 3,
    "request_suspension": 3, "approve": 9, "self_handle": 1, "reject": 1, "answer": 1,
    "merge": 2, "unmerge": 3, "split": 3, "assist": 2, "cancel": 1, "remark": 1, "exclude": 1,
    "instruct": 1, "supervise": 1, "reclassify": 1,
}  # fmt: skip
DECISIONS = ("approve", "refuse")
SOLVED = {"is_reached": True, "is_solved": True, "satisfaction": "satisfied"}
# What acts carry: the first suits most situations, then other ways, then what is refused.
CARRIED = {
    "accept": [{"category": "noise"}, {"area": "东街1社区1格"}, {"area": "西街1社区"}, {},
               {"category": "manhole", "area": "东街"}],
    "reject": [{"reason": "no_fact"}, {}],
    "answer": [{"answer": "已答复"}, {"answer": " "}],
    "self_handle": [{"result": "已清理"}],
    "dispatch": [{"department": "城管局"}, {"grid": "东街1社区1格"}, {"department": "东街中心"},
                 {"department": "城管局", "due_at": 3}, {"grid": "西街1社区1格"},
                 {"department": "东街1社区站"}, {}, {"department": "城管局", "due_at": -1},
                 {"department": "水务局", "due_at": 2000}],
    "pass_down": [{"department": "东街中心"}, {"grid": "东街1社区1格"},
                  {"department": "东街1社区站"}, {"department": "水务局"}, {},
                  {"department": "西街中心", "due_at": 9}],
    "pass_up": [{}, {"department": "区中心"}, {"department": "城管局"}],
    "send_back": [{"reason": "不属本单位"}, {}],
    "request_return": [{"reason": "不属本单位"}, {}],
    "request_extension": [{"reason": "待料", "until": 30}, {"reason": "待料", "until": 90},
                          {"reason": "待料", "until": 1}, {"until": 90}, {"reason": "待料"},
                          {"reason": "待料", "until": -1}],
    "request_suspension": [{"reason": "汛期", "until": 5}, {"reason": "汛期", "until": 40},
                           {"reason": "汛期", "until": 2000}, {"reason": "汛期", "until": 0}],
    "refuse": [{"reason": "理由不足"}, {}],
    "resolve": [{"result": "已处理", "proof": "有"}, {"result": "已处理"}, {"proof": "有"}],
    "rework": [{"finding": "不到位"}, {}],
    "report_verification": [{"finding": "属实"}, {}],
    "follow_up": [SOLVED, {"is_reached": True, "is_solved": False}, {"is_reached": False},
                  {**SOLVED, "satisfaction": "basically_satisfied"}, {"is_reached": True},
                  {"is_reached": True, "is_solved": True}],
    "reopen": [{"reason": "复发"}, {}],
    "cancel": [{"reason": "误报"}, {}],
    "reclassify": [{"category": "noise"}, {"category": "manhole"}, {}],
    "exclude": [{"reason": "不可抗力"}, {"reason": "撤销", "is_excluded": False}, {}],
    "supervise": [{"text": "限期办结"}, {"text": "限期办结", "level": 2, "is_letter": False},
                  {"text": "限期办结", "level": 3}, {"text": "限期办结", "level": 1}, {}],
    "answer_supervision": [{"answer": "已安排"}, {}],
    "instruct": [{"text": "抓紧办"}, {}],
    # The others by how far they stand from this one in the row of all orders.
    "merge": [{"into": 1}, {"into": 2}, {"into": 3}, {"into": 0}, {"into": 9}, {}],
    "split": [{"parts": [{"department": "水务局", "text": "疏通"},
                         {"grid": "东街1社区1格", "text": "清扫", "due_at": 3}]},
              {"parts": [{"department": "城管局", "text": "清扫"}]},
              {"parts": [{"grid": "西街1社区1格", "text": "清扫"}]}, {"parts": []},
              {"parts": [{"department": "水务局", "text": " "}]}, {"parts": [{"text": "疏通"}]},
              {"parts": [{"department": "水务局", "text": "疏通", "due_at": -1}]},
              {"parts": [{"department": "水务局", "text": "疏通", "due_at": 2000}]}],
    "assist": [{"departments": ["水务局"], "text": "抽水"},
               {"departments": ["城管局", "东街中心"], "text": "围挡"},
               {"departments": ["水务局", "水务局"], "text": "抽水"}, {"text": "抽水"},
               {"departments": ["水务局"]}],
    "remark": [{"text": "备注"}, {"text": "已联系", "kind": "contacted"}, {"text": ""}],
}  # fmt: skip


def furnish(town):
    """Give the town what the model knows besides: holders of centres, and limits."""
    for name in ("centre-handler", "east-handler", "station-handler"):
        user = town.people[name] = User.objects.create(username=name, password="!", name=name)
        department = town.departments[PEOPLE[name][1]]
        appoint(user=user, role=Role.HANDLER, department=department, starts_on=date(2026, 1, 1))
    known = set(TimeLimit.objects.values_list("clock", flat=True))
    wanted = [(None, kind, length) for kind, length in LIMITS.items() if kind not in known]
    wanted += [(category, kind, length) for (category, kind), length in OF_CATEGORY.items()]
    for category, kind, length in wanted:
        TimeLimit.objects.create(
            clock=ClockKind(kind), amount=length // timedelta(minutes=1),
            unit=LimitUnit.WORKING_MINUTE, category=town.categories.get(category),
        )  # fmt: skip


class Lives(RuleBasedStateMachine):
    history = None  # given by the test

    def __init__(self):
        super().__init__()
        self._context = self.history()
        self.town = self._context.__enter__()
        self.actors = {name: Actor.from_user(self.town.people[name]) for name in PEOPLE}
        self.turn, self.now, self.model, self.numbers = 0, MONDAY, Model(), []
        for serial, place in enumerate(("东街1社区1格", "西街1社区1格")):
            self.receive(place, "井盖缺失" if serial else "其他事项")

    def teardown(self):
        try:
            check_figures()
            check_chains()
        finally:
            self._context.__exit__(None, None, None)

    def receive(self, place, text):
        point = PLACES[place] or {}
        report = Report(
            channel="hotline", external_number=f"H-{len(self.numbers)}", occurred_at=self.now,
            text=text, **point,
        )  # fmt: skip
        channel = self.town.channels["hotline"]
        number = receive(report=report, channel=channel, at=self.now)[0].number
        category = "manhole" if "井盖" in text else None
        self.model.register(number, category=category, area=place, at=self.now)
        self.numbers.append(number)

    def attempt(self, number, action, person, carried, *, version=None, key=""):
        """Let both act, and compare what became of it."""
        carried = self.dated(carried)
        if isinstance(carried.get("into"), int):
            names = list(self.model.orders)
            place = names.index(number) + carried["into"]
            carried["into"] = names[place % len(names)] if carried["into"] < 9 else "nobody"
        expected = answer(
            lambda: self.model.act(number, action, person, carried, self.now, version, key)
        )
        before = everything() if expected else None
        given = answer(
            lambda: apply(
                number=number_of(number), action=Action(action), actor=self.actors[person],
                at=self.now, carried=self.typed(carried), version=version, key=key,
            )
        )  # fmt: skip
        assert (action, person, given) == (action, person, expected)
        if expected:
            assert everything() == before
        else:
            self.compare()

    def dated(self, carried):
        """Turn days from now into instants."""
        days = {name: self.now + timedelta(days=carried[name]) for name in ("until", "due_at")
                if name in carried}  # fmt: skip
        if "parts" in carried:
            days["parts"] = [self.dated(part) for part in carried["parts"]]
        return {**carried, **days}

    def typed(self, carried):
        """Give the centre rows where the model has names."""
        if "parts" in carried:
            return {"parts": [self.typed(part) for part in carried["parts"]]}
        if "departments" in carried:
            named = [self.town.departments[name] for name in carried["departments"]]
            return {**carried, "departments": named}
        if "into" in carried:
            return {"into": number_of(carried["into"])}
        rows = {"department": self.town.departments, "grid": self.town.areas,
                "area": self.town.areas, "category": self.town.categories}  # fmt: skip
        return {
            name: rows[name][value] if name in rows else value for name, value in carried.items()
        }

    def compare(self):
        told = {number: tell(order) for number, order in self.model.orders.items()}
        assert see() == told

    @rule(place=st.sampled_from(sorted(PLACES)), text=st.sampled_from(["井盖缺失", "其他事项"]))
    def register(self, place, text):
        if len(self.numbers) < 6:
            self.receive(place, text)
            self.compare()

    @rule(minutes=PAUSES, is_seen=st.booleans())
    def wait(self, minutes, is_seen):
        self.now += timedelta(minutes=minutes, seconds=13)
        if is_seen:
            fire_due(at=self.now)
            self.model.fire(self.now)
            resume_due(at=self.now)
            self.model.resume(self.now)
            self.compare()

    def chosen(self, which, pick):
        """Choose an order, an act that its state allows, and somebody who may."""
        # Small numbers are drawn often: mixed with the turn they do not repeat themselves.
        self.turn += 1
        mixed = pick * 7919 + self.turn * 1237
        names = list(self.model.orders)
        living = [name for name in names if self.model.orders[name].state in OPEN | {"merged"}]
        numbers = names if mixed % 5 == 0 else living or names
        number = numbers[which % len(numbers)]
        order, acts = self.model.orders[number], self.model.allowed(number)
        weighted = [
            act
            for act in sorted(acts)
            for _ in range(WEIGHTS.get(act, 2))
            if act not in DECISIONS or order.asked or mixed % 9 == 4
        ]
        action = weighted[mixed // 3 % len(weighted)]
        return number, action, acts[action][mixed // 11 % len(acts[action])]

    @rule(picks=PICKS)
    def go_on(self, picks):
        """Act as people would: somebody who may, on an order that is where the act belongs."""
        for which, pick, choice in picks:
            number, action, person = self.chosen(which, pick)
            options = CARRIED.get(action, [{}])
            # The usual in most cases.
            carried = options[choice % len(options)] if choice > 4 else options[0]
            self.attempt(number, action, person, carried)
            self.now += timedelta(seconds=pick)

    @rule(picks=PICKS)
    def go_further(self, picks):
        self.go_on(picks)

    @rule(
        which=st.integers(0, 9), action=st.sampled_from(sorted(ACTIONS)), choice=st.integers(0, 9),
        person=st.sampled_from(sorted(PEOPLE)),
    )  # fmt: skip
    def act_at_random(self, which, action, choice, person):
        options = CARRIED.get(action, [{}])
        number = list(self.model.orders)[which % len(self.model.orders)]
        self.attempt(number, action, person, options[choice % len(options)])

    @rule(which=st.integers(0, 9), pick=st.integers(0, 999), seen=st.integers(-2, 0))
    def act_on_what_was_seen(self, which, pick, seen):
        number, action, person = self.chosen(which, pick)
        version = max(1, self.model.orders[number].version + seen)
        self.attempt(number, action, person, CARRIED.get(action, [{}])[0], version=version)

    @rule(
        which=st.integers(0, 9),
        pick=st.integers(0, 999),
        key=st.integers(0, 40).map("key-{}".format),
    )
    def act_with_key_twice(self, which, pick, key):
        number, action, person = self.chosen(which, pick)
        for _ in range(2):
            self.attempt(number, action, person, CARRIED.get(action, [{}])[0], key=key)


def number_of(name):
    """Give the number of an order; the model calls a part by its place in its parent."""
    part = WorkOrder.objects.filter(parent__isnull=False, external_number=name).first()
    return part.number if part else name


def answer(act):
    """Give the code of a refusal, or nothing."""
    try:
        act()
    except (Refused, DomainError) as error:
        return error.code
    return ""


def everything():
    """Put all that an act may write into one comparable value."""
    tables = ("event", "delta", "clock", "clockpause", "escalation", "application", "announcement",
              "notice", "supervisionletter", "workorder")  # fmt: skip
    parts = [f"(SELECT coalesce(md5(string_agg(r::text, '' ORDER BY r::text)), '') "
             f"FROM workorders_{table} r)" for table in tables]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts))
        return cursor.fetchone()


def see():
    """Read all orders as the model tells them."""
    clocks = defaultdict(list)
    for clock in Clock.objects.filter(met_at__isnull=True):
        is_late, is_paused = clock.breached_at is not None, clock.paused_at is not None
        clocks[clock.order_id].append((clock.kind, clock.due_at, is_paused, is_late))
    orders = WorkOrder.objects.select_related(
        "department", "holder_area", "category", "merged_into", "parent"
    )
    return {
        name_of(order): {
            "part": order.part, "parent": order.parent and name_of(order.parent),
            "master": order.merged_into and name_of(order.merged_into),
            "state": order.state, "version": order.version, "level": order.level,
            "holder": (order.holder_area or order.department or Nobody).name,
            "is_overdue": order.is_overdue, "is_excluded": order.is_excluded,
            "returns": order.return_count, "reopenings": order.reopen_count,
            "supervision": order.supervision_level,
            "category": order.category.code if order.category else None,
            "events": order.last_sequence, "clocks": sorted(clocks[order.pk]),
        }
        for order in orders.defer("text", "point")
    }  # fmt: skip


def name_of(order):
    return order.external_number if order.parent_id else order.number


class Nobody:
    name = None


def tell(order):
    """Tell what the model says of an order."""
    clocks = [(clock.kind, clock.due, clock.paused_at is not None, clock.late_at is not None)
              for clock in order.running()]  # fmt: skip
    return {
        "part": order.part, "parent": order.parent, "master": order.master,
        "state": order.state, "version": order.version, "level": LEVELS.get(order.holder),
        "holder": order.holder, "is_overdue": order.is_overdue, "is_excluded": order.is_excluded,
        "returns": order.returns, "reopenings": order.reopenings,
        "supervision": order.supervision, "category": order.category,
        "events": order.events, "clocks": sorted(clocks),
    }  # fmt: skip


def check_figures():
    while fold_deltas()[0]:
        pass
    assert count_held() == recount(orders=WorkOrder.objects.all())


def check_chains():
    for order in WorkOrder.objects.all():
        digest, events = b"", Event.objects.filter(order=order).order_by("sequence")
        for sequence, event in enumerate(events, start=1):
            digest = digest_of(event, digest)
            assert (event.sequence, bytes(event.digest)) == (sequence, digest)
        assert bytes(order.history_digest) == digest


def test_random_lives_follow_the_model(town, django_db_history):
    furnish(town)
    lives = type("Lives", (Lives,), {"history": staticmethod(django_db_history)})
    run_state_machine_as_test(
        lives,
        settings=settings(
            max_examples=LIVES or 30,
            stateful_step_count=STEPS,
            deadline=None,
            # The same draws each time, unless asked for more; a failure is shown as it was drawn.
            derandomize=not LIVES,
            database=None,
            phases=[Phase.generate] + [Phase.shrink] * bool(LIVES),
            suppress_health_check=list(HealthCheck),
        ),
    )
