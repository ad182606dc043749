"""Who may see and do what: every endpoint × person × order against a reference written by hand."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.test_bad_photos import jpeg
from tests.tiles import get_tile, read_layer, tile_at
from tests.town import EAST_POINT, WEST_POINT
from workorders.enums import ClockKind
from workorders.forms import ACT_FORMS
from workorders.models import SupervisionLetter, WorkOrder
from workorders.services.clocks import plan_clocks
from workorders.services.photos import store_photo

PEOPLE = (
    "dispatcher", "east", "west", "handler", "other-handler", "worker", "west-worker", "clerk",
    "supervisor", "leader", "reporter", "other-reporter",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """An order: its state, its place, and who holds it."""

    state: str
    place: str  # east, west or unknown
    department: str = ""
    grid: str = ""
    asks: str = ""  # what its holder has applied for


CASES = {
    "new in the east": Case("registered", "east"),
    "new in the west": Case("registered", "west"),
    "new nowhere": Case("registered", "unknown"),
    "accepted in the east": Case("accepted", "east"),
    "sent to a department": Case("dispatched", "east", department="城管局"),
    "handled by the other department": Case("handling", "west", department="水务局"),
    "handled by the grid": Case("handling", "east", department="东街1社区站", grid="东街1社区1格"),
    "asks for more time": Case("handling", "east", department="城管局", asks="extension"),
    "asks to be rid of it": Case("dispatched", "west", department="水务局", asks="return"),
    "looked at in the east": Case("verifying", "east"),
    "suspended in the west": Case("suspended", "west", department="城管局"),
    "sent from the east to a west grid": Case(
        "dispatched", "east", department="西街1社区站", grid="西街1社区1格"
    ),
    "resolved in the west": Case("resolved", "west", department="城管局"),
    "asked about in the east": Case("follow_up", "east", department="城管局"),
    "closed in the east": Case("closed", "east", department="水务局"),
    "merged in the east": Case("merged", "east", department="水务局"),
}

# The reference. By place: which person answers for which orders.
DISTRICT = {"dispatcher", "clerk", "supervisor", "leader"}
BY_STREET = {"east": "east", "west": "west"}
BY_GRID = {"worker": ("east", "东街1社区1格"), "west-worker": ("west", "西街1社区1格")}
BY_DEPARTMENT = {"handler": "城管局", "other-handler": "水务局"}
DISPATCHERS = {"dispatcher", "east", "west"}
WORKERS = set(BY_GRID)
HANDLERS = set(BY_DEPARTMENT)


def at_place(person, case):
    if person in DISTRICT:
        return True
    own = BY_STREET.get(person) or BY_GRID.get(person, ("",))[0]
    return own == case.place


def holds(person, case):
    if person in BY_DEPARTMENT:
        return BY_DEPARTMENT[person] == case.department
    return person in BY_GRID and BY_GRID[person][1] == case.grid


def sees(person, case):
    return at_place(person, case) or holds(person, case)


OPEN = {
    "registered", "verifying", "accepted", "dispatched", "handling", "suspended", "resolved",
    "follow_up",
}  # fmt: skip
STATES = {
    "accept": {"registered"}, "reject": {"registered"}, "answer": {"registered"},
    "self_handle": {"registered"}, "dispatch": {"accepted"}, "sign": {"dispatched"},
    "send_back": {"dispatched", "handling"}, "resolve": {"handling"}, "pass_check": {"resolved"},
    "rework": {"resolved", "follow_up"}, "follow_up": {"follow_up", "merged"}, "reopen": {"closed"},
    "cancel": OPEN, "exclude": {*OPEN, "closed", "merged"},
    "request_verification": {"registered"}, "report_verification": {"verifying"},
    "pass_down": {"dispatched", "handling"}, "pass_up": {"dispatched", "handling"},
    "request_return": {"dispatched", "handling"}, "request_extension": {"handling"},
    "request_suspension": {"handling"}, "approve": {"dispatched", "handling"},
    "refuse": {"dispatched", "handling"}, "resume": {"suspended"},
    "reclassify": OPEN - {"registered"}, "answer_supervision": OPEN,
    "merge": {"registered", "accepted", "dispatched", "handling", "merged"}, "unmerge": {"merged"},
    "split": {"handling"}, "assist": {"handling"},
}  # fmt: skip
ANY_STATE = {case.state for case in CASES.values()}
STATES |= {"remark": ANY_STATE, "supervise": ANY_STATE, "instruct": ANY_STATE}
ASKING = {"request_return", "request_extension", "request_suspension"}
DECIDING = {"approve", "refuse"}


def is_possible(action, case):
    """Tell whether there is what the act is about: an application, a level below, a place."""
    if action in ASKING | DECIDING:
        return bool(case.asks) == (action in DECIDING)
    if action == "pass_down":
        return not case.grid
    return action != "request_verification" or case.place != "unknown"


def may(person, action, case):
    dispatching = ("accept", "reject", "answer", "dispatch", "request_verification", "reclassify")
    if action in (*dispatching, "merge", "unmerge"):
        return person in DISPATCHERS and at_place(person, case)
    if action in ("self_handle", "report_verification"):
        return person in DISPATCHERS | WORKERS and at_place(person, case)
    holding = ("sign", "send_back", "resolve", "pass_down", "pass_up", "resume", "split", "assist")
    if action in (*holding, "answer_supervision", *ASKING):
        return holds(person, case)
    if action == "instruct":
        return person == "leader"
    supervising = ("pass_check", "rework", "reopen", "cancel", "exclude", "supervise")
    if action in (*supervising, *DECIDING):
        return person == "supervisor"
    if action == "follow_up":
        return person == "clerk"
    return sees(person, case)


def may_reveal(person, case):
    return sees(person, case) and person not in ("supervisor", "leader")


def may_add_photo(person, case):
    works = person in DISPATCHERS | WORKERS | {"supervisor"} and at_place(person, case)
    return works or holds(person, case)


BODIES = {
    "accept": {"category": "manhole", "area": "320111001001001"},
    "reject": {"reason": "no_fact"},
    "answer": {"answer": "已答复"},
    "self_handle": {"result": "已处置"},
    "dispatch": {"department": "D2"},
    "send_back": {"reason": "不属本单位"},
    "report_verification": {"finding": "属实"},
    "pass_down": {"department": "D4"},
    "request_return": {"reason": "不属本单位"},
    "request_extension": {"reason": "等材料", "until": "2027-11-01T09:00"},
    "request_suspension": {"reason": "等材料", "until": "2027-11-01T09:00"},
    "refuse": {"reason": "时间足够"},
    "reclassify": {"category": "noise"},
    "exclude": {"reason": "暴雨"},
    "resolve": {"result": "已办", "proof": "单据"},
    "rework": {"finding": "未办好"},
    "follow_up": {"is_reached": True, "is_solved": True, "satisfaction": "satisfied"},
    "reopen": {"reason": "复发"},
    "cancel": {"reason": "误登"},
    "remark": {"text": "备注"},
    "supervise": {"level": 1, "text": "请办", "is_letter": False},
    "answer_supervision": {"answer": "已办"},
    "instruct": {"text": "请办"},
    "unmerge": {"reason": "不是一件事"},
    "split": {"parts": [{"department": "D2", "text": "清扫"}]},
    "assist": {"departments": ["D1"], "text": "协助"},
}
# Into which order one of this place is merged; itself goes into the other.
TARGETS = {
    "east": ("new in the east", "accepted in the east"),
    "west": ("new in the west", "handled by the other department"),
    "unknown": ("new in the east",),
}


def body_of(action, name, orders):
    if action != "merge":
        return BODIES.get(action, {})
    other = next(target for target in TARGETS[CASES[name].place] if target != name)
    return {"into": orders[other].number}


@pytest.fixture
def orders(town, channel_api):
    """Every case as an order, by name; each text bears a word of its own."""
    made = {}
    for index, (name, case) in enumerate(CASES.items()):
        point = {"east": EAST_POINT, "west": WEST_POINT, "unknown": None}[case.place]
        call = town.call(f"T-{index:02d}", text=f"暗号{index:02d}号的事", point=point)
        number = channel_api("hotline", call).data["number"]
        WorkOrder.objects.filter(number=number).update(
            state=case.state,
            merged_into=made["closed in the east"] if case.state == "merged" else None,
            category=town.categories["manhole"],
            department=town.departments.get(case.department),
            holder_area=town.areas.get(case.grid),
        )
        made[name] = WorkOrder.objects.get(number=number)
        SupervisionLetter.objects.create(
            order=made[name], level=1, text="请办", issued_at=made[name].registered_at
        )
        furnish(made[name], case)
    return made


def furnish(order, case):
    """Give an order what its state goes with: the clock of handling, and what was applied for."""
    now = timezone.now()
    if case.state in ("dispatched", "handling"):
        for clock in plan_clocks(order=order, kinds=[ClockKind.RESOLUTION], at=now):
            clock.save()
    if case.asks:
        until = now + timedelta(days=60)
        order.applications.create(kind=case.asks, reason="等材料", until=until, asked_at=now)


@pytest.fixture
def as_person(town):
    def client(person):
        client = APIClient()
        client.force_authenticate(User.objects.get(username=person))
        return client

    return client


@pytest.fixture(autouse=True)
def photo_home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def visible_numbers(person, orders):
    return {order.number for name, order in orders.items() if sees(person, CASES[name])}


@pytest.mark.parametrize("person", PEOPLE)
def test_lists_counts_and_searches_hold_what_one_may_see(orders, as_person, person):
    client, wanted = as_person(person), visible_numbers(person, orders)
    listed = client.get("/api/v1/orders/").data["results"]
    assert {row["number"] for row in listed} == wanted
    assert client.get("/api/v1/orders/count/").data["count"] == len(wanted)
    for index, (name, order) in enumerate(orders.items()):
        for words in (order.number, order.external_number, f"暗号{index:02d}"):
            found = client.get("/api/v1/orders/", {"q": words}).data["results"]
            expected = [order.number] if sees(person, CASES[name]) else []
            assert [row["number"] for row in found] == expected, (name, words)
            count = client.get("/api/v1/orders/count/", {"q": words}).data["count"]
            assert count == len(expected)


@pytest.mark.parametrize("person", PEOPLE)
def test_filters_narrow_and_never_widen(orders, as_person, person):
    client, wanted = as_person(person), visible_numbers(person, orders)
    queries = [
        {"state": CASES[name].state} for name in orders
    ] + [{"street": "320111001"}, {"street": "320111002"}, {"department": "D2"},
         {"is_place_unknown": "true"}, {"is_open": "false"}, {"channel": "hotline"}]  # fmt: skip
    for query in queries:
        rows = client.get("/api/v1/orders/", query).data["results"]
        assert {row["number"] for row in rows} <= wanted, query


@pytest.mark.parametrize("person", PEOPLE)
def test_tiles_count_and_show_the_open_orders_one_may_see(orders, as_person, person):
    client = as_person(person)
    wanted = {
        (order.number, CASES[name].place)
        for name, order in orders.items()
        if sees(person, CASES[name]) and CASES[name].state in OPEN
    }
    placed = {(number, place) for number, place in wanted if place != "unknown"}
    far = read_layer(get_tile(client, "orders", (0, 0, 0)).content, "orders")
    assert sum(row["count"] for row in far) == len(placed)
    shown = {
        (row["number"], place)
        for place, point in (("east", EAST_POINT), ("west", WEST_POINT))
        for row in read_layer(
            get_tile(client, "orders", tile_at(14, point["lon"], point["lat"])).content, "orders"
        )
    }
    assert shown == placed


@pytest.mark.parametrize("person", PEOPLE)
def test_detail_and_its_actions_are_for_those_who_may(orders, as_person, person):
    client = as_person(person)
    for name, order in orders.items():
        case = CASES[name]
        answer = client.get(f"/api/v1/orders/{order.number}/")
        if not sees(person, case):
            assert (answer.status_code, answer.data["code"]) == (404, "not_found"), name
            continue
        wanted = {
            action
            for action in STATES
            if case.state in STATES[action]
            and may(person, action, case)
            and is_possible(action, case)
        }
        assert (answer.status_code, set(answer.data["actions"])) == (200, wanted), name


@pytest.mark.parametrize("person", PEOPLE)
def test_each_act_is_for_those_who_may(orders, as_person, person):
    client = as_person(person)
    for name, order in orders.items():
        case = CASES[name]
        for action in ACT_FORMS:
            with transaction.atomic():
                url = f"/api/v1/orders/{order.number}/{action.value}/"
                answer = client.post(url, body_of(action.value, name, orders), format="json")
                transaction.set_rollback(True)
            wanted = reference_status(person, action.value, case)
            assert answer.status_code == wanted, (name, action, answer.data)


@pytest.mark.parametrize("person", PEOPLE)
def test_several_acts_at_once_open_no_other_door(orders, as_person, person):
    client = as_person(person)
    for name, order in orders.items():
        case = CASES[name]
        acts = [{"action": "cancel", **BODIES["cancel"]}]
        with transaction.atomic():
            answer = client.post(f"/api/v1/orders/{order.number}/acts/", {"acts": acts})
            transaction.set_rollback(True)
        assert answer.status_code == reference_status(person, "cancel", case), name


def reference_status(person, action, case):
    if not sees(person, case):
        return 404
    if case.state not in STATES[action]:
        return 409
    if not may(person, action, case):
        return 403
    if not is_possible(action, case):
        return 409
    # Photos are missing for a self-handled order; the act itself was allowed.
    return 400 if action == "self_handle" else 200


@pytest.mark.parametrize("person", PEOPLE)
def test_reporter_is_revealed_to_those_who_may(orders, as_person, person):
    client = as_person(person)
    for name, order in orders.items():
        case = CASES[name]
        answer = client.post(f"/api/v1/orders/{order.number}/reveal/", {"purpose": "回电"})
        wanted = 200 if may_reveal(person, case) else 403 if sees(person, case) else 404
        assert answer.status_code == wanted, name
        assert ("13900000000" in answer.content.decode()) == (wanted == 200), name


@pytest.mark.parametrize("person", PEOPLE)
def test_photos_are_added_by_those_who_work_on_the_order(orders, as_person, person):
    client = as_person(person)
    for name, order in orders.items():
        case = CASES[name]
        file = SimpleUploadedFile("a.jpg", jpeg(), content_type="image/jpeg")
        url = f"/api/v1/orders/{order.number}/photos/"
        answer = client.post(url, {"photo": file, "stage": "report"}, format="multipart")
        wanted = 201 if may_add_photo(person, case) else 403 if sees(person, case) else 404
        assert answer.status_code == wanted, name


@pytest.mark.parametrize("person", PEOPLE)
def test_photos_are_shown_to_those_who_see_the_order(town, orders, client, person):
    client.force_login(town.people[person])
    for name, order in orders.items():
        file = SimpleUploadedFile("a.jpg", jpeg())
        photo = store_photo(order=order, file=file, stage="report", at=order.registered_at)
        wanted = 200 if sees(person, CASES[name]) else 404
        assert client.get(f"/photos/{photo.uuid}/").status_code == wanted, name


def test_strangers_get_nothing(orders):
    client = APIClient()
    order = next(iter(orders.values()))
    url = f"/api/v1/orders/{order.number}/"
    for address in ("/api/v1/orders/", "/api/v1/orders/count/", url, "/api/v1/categories/",
                    "/api/v1/notices/", "/api/v1/knowledge/",
                    "/api/v1/departments/", "/api/v1/grids/areas/?level=grid",
                    "/api/v1/tiles/areas/0/0/0/", "/api/v1/tiles/orders/0/0/0/"):  # fmt: skip
        answer = client.get(address)
        assert (answer.status_code, answer.data["code"]) == (401, "not_authenticated"), address
    for action in (*(name.value for name in ACT_FORMS), "acts", "reveal", "photos"):
        assert client.post(f"{url}{action}/", {}).status_code == 401, action


def test_person_without_a_post_sees_nothing(orders, as_person):
    User.objects.create(username="new", name="新人")
    client = as_person("new")
    assert client.get("/api/v1/orders/").data["results"] == []
    for order in orders.values():
        assert client.get(f"/api/v1/orders/{order.number}/").status_code == 404
