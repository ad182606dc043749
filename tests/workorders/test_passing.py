"""Down and up the levels: who is next, which clocks run, and whose time it was."""

import pytest

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.workorders.lives import Life, beijing, employ
from workorders.enums import Action, ClockKind, State

DOWN, UP = Action.PASS_DOWN, Action.PASS_UP
GRID = "东街1社区1格"


@pytest.fixture
def life(town):
    return Life(town)


def holder_of(order):
    area = order.holder_area.name if order.holder_area else None
    return (order.department.name, area, order.level)


@pytest.mark.parametrize(
    ("held_by", "wanted", "holder"),
    [
        ("城管局", {"department": "西街中心"}, ("西街中心", None, 2)),
        ("区中心", {"department": "东街中心"}, ("东街中心", None, 2)),
        ("东街中心", {"department": "东街2社区站"}, ("东街2社区站", None, 3)),
        ("东街中心", {"grid": GRID}, ("东街1社区站", GRID, 4)),
        ("东街1社区站", {"grid": GRID}, ("东街1社区站", GRID, 4)),
    ],
)
def test_next_level_down(town, life, held_by, wanted, holder):
    life.dispatch(department=held_by)
    order = life.act(employ(town, held_by), DOWN, **wanted)
    assert (order.state, holder_of(order)) == (State.DISPATCHED, holder)
    content = life.last(DOWN).content
    assert (content["level"], content["department"], content["grid"]) == (
        holder[2], order.department_id, order.holder_area_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held_by", "wanted"),
    [
        ("城管局", {"department": "水务局"}),
        ("城管局", {"department": "东街1社区站"}),
        ("东街中心", {"department": "西街1社区站"}),
        ("东街中心", {"grid": "西街1社区1格"}),
        ("东街中心", {"department": "区中心"}),
        ("东街1社区站", {"grid": "东街2社区1格"}),
        ("东街1社区站", {"department": "东街中心"}),
    ],
)
def test_nobody_else_gets_it(town, life, held_by, wanted):
    life.dispatch(department=held_by)
    with pytest.raises(InvalidError) as refusal:
        life.act(employ(town, held_by), DOWN, **wanted)
    assert (refusal.value.code, set(refusal.value.fields)) == ("not_next_level", set(wanted))
    assert life.order.department.name == held_by


def test_nobody_is_below_a_grid(life):
    life.dispatch(grid=GRID)
    with pytest.raises(ConflictError) as refusal:
        life.act("worker", DOWN, grid=GRID)
    assert refusal.value.code == "no_next_level"


def test_passing_down_names_somebody(life):
    life.dispatch()
    with pytest.raises(InvalidError) as refusal:
        life.act("handler", DOWN)
    assert list(refusal.value.fields) == ["department"]


def test_up_goes_level_by_level_to_the_district_centre(town, life):
    life.dispatch(grid=GRID)
    holders = [holder_of(life.act("worker", UP, note="须由社区协调"))]
    for department in ("东街1社区站", "东街中心"):
        holders.append(holder_of(life.act(employ(town, department), UP)))
    assert holders == [("东街1社区站", None, 3), ("东街中心", None, 2), ("区中心", None, 1)]
    with pytest.raises(ConflictError) as refusal:
        life.act(employ(town, "区中心"), UP)
    assert refusal.value.code == "no_next_level"


def test_level_without_a_centre_is_skipped(town, life):
    community = town.areas["东街1社区"]
    community.centre = None
    community.save()
    life.dispatch(grid=GRID)
    assert holder_of(life.act("worker", UP)) == ("东街中心", None, 2)


def test_up_only_to_the_next_level(town, life):
    life.dispatch(grid=GRID)
    with pytest.raises(InvalidError) as refusal:
        life.act("worker", UP, department="东街中心")
    assert refusal.value.code == "not_next_level"
    assert life.act("worker", UP, department="东街1社区站").level == 3


@pytest.mark.parametrize("action", [DOWN, UP])
@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("dispatcher", ForbiddenError), ("supervisor", ForbiddenError),
        ("other-handler", NotFoundError), ("worker", ForbiddenError),
    ],
)  # fmt: skip
def test_only_the_holder_passes_on(life, action, person, refusal):
    life.dispatch()
    with pytest.raises(refusal):
        life.act(person, action, department="东街中心")


def test_system_passes_up_to_the_next_one_without_being_told_whom(life):
    life.dispatch()
    order = life.act("system", UP)
    assert (holder_of(order), life.last(UP).actor_label) == (("区中心", None, 1), "系统")


def test_signing_starts_anew_and_resolution_runs_on(town, life):
    dispatched = life.dispatch()
    due_at, first = dispatched.due_at, life.clock(ClockKind.SIGNING)
    order = life.act("handler", DOWN, beijing("03-02 15:00"), department="东街中心")
    first.refresh_from_db()
    assert (first.met_at, life.last(DOWN).content["met"]) == (life.now, {"signing": False})
    signing = life.clock(ClockKind.SIGNING)
    assert (signing.started_at, signing.due_at) == (life.now, beijing("03-02 17:00"))
    assert (order.due_at, life.clock(ClockKind.RESOLUTION).due_at) == (due_at, due_at)
    # Signed for and then passed on: it waits for a signature again.
    street = employ(town, "东街中心")
    life.act(street, Action.SIGN)
    order = life.act(street, DOWN, department="东街1社区站")
    assert (order.state, order.due_at) == (State.DISPATCHED, due_at)
    assert life.clock(ClockKind.SIGNING).met_at is None


def test_each_hop_books_its_working_time_to_its_department(town, life):
    life.act("dispatcher", Action.ACCEPT, beijing("03-02 10:30"), category="noise")
    life.act("dispatcher", Action.DISPATCH, beijing("03-02 11:00"), department="城管局")
    street, station = employ(town, "东街中心"), employ(town, "东街1社区站")
    # Two hours with lunch between: only the working time counts.
    life.act("handler", DOWN, beijing("03-02 15:00"), department="东街中心")
    booked = life.last(DOWN)
    assert (booked.content["held_seconds"], booked.content["held_by"]) == (
        2 * 3600, town.departments["城管局"].pk,
    )  # fmt: skip
    life.act(street, Action.SIGN, beijing("03-02 16:00"))
    # Over a night: 15:00-18:00 and 09:00-10:00.
    life.act(street, DOWN, beijing("03-03 10:00"), department="东街1社区站")
    assert life.last(DOWN).content["held_seconds"] == 4 * 3600
    life.act(station, Action.SIGN, beijing("03-03 10:30"))
    life.act(station, Action.REQUEST_SUSPENSION, beijing("03-03 11:00"),
             reason="等材料", until=beijing("03-12 09:00"))  # fmt: skip
    life.act("supervisor", Action.APPROVE, beijing("03-03 12:00"))
    life.act(station, Action.RESUME, beijing("03-05 09:00"))
    life.act(station, Action.RESOLVE, beijing("03-05 12:00"), result="好了", proof="有")
    # 10:00-12:00 before the suspension, 09:00-12:00 after it.
    content = life.last(Action.RESOLVE).content
    assert (content["held_seconds"], content["held_by"]) == (
        5 * 3600, town.departments["东街1社区站"].pk,
    )  # fmt: skip
    assert life.order.held_seconds == 0


def test_rework_after_passing_books_to_the_last_holder_alone(town, life):
    life.act("dispatcher", Action.ACCEPT, beijing("03-02 10:30"), category="noise")
    life.act("dispatcher", Action.DISPATCH, beijing("03-02 11:00"), department="城管局")
    life.act("handler", DOWN, beijing("03-02 12:00"), department="东街中心")
    street = employ(town, "东街中心")
    life.act(street, Action.SIGN, beijing("03-02 14:30"))
    life.act(street, Action.RESOLVE, beijing("03-02 15:00"), result="好了", proof="有")
    assert life.last(Action.RESOLVE).content["held_seconds"] == 3600
    life.act("supervisor", Action.REWORK, beijing("03-02 16:00"), finding="没好")
    life.act(street, Action.RESOLVE, beijing("03-02 17:30"), result="好了", proof="有")
    assert life.last(Action.RESOLVE).content["held_seconds"] == 5400


def test_console_offers_only_the_legal_holders(town, life, desk):
    life.dispatch(department="东街中心")
    street = desk(employ(town, "东街中心"))
    pane = street.get(f"/console/orders/{life.number}/", headers={"HX-Request": "true"})
    faces = {face.action: face.fields[0] for face in pane.context["pane"].acts if face.fields}
    assert (faces["pass_down"].picked.name, faces["pass_up"].picked.name) == (
        "东街1社区站", "区中心",
    )  # fmt: skip
    url = f"/console/orders/{life.number}/pick"

    def offered(source, words=""):
        answer = street.get(f"{url}/{source}/", {"q": words})
        return [choice.name for choice in answer.context["choices"]]

    assert offered("above") == ["区中心"]
    assert offered("below", "社区站") == ["东街1社区站", "东街2社区站"]
    assert all(name.startswith("东街") for name in offered("below"))
    assert street.get(f"{url}/aside/").status_code == 404
    assert desk("other-handler").get(f"{url}/below/").status_code == 404
    answer = street.post(f"/console/orders/{life.number}/pass_down/", {"department": "D8"})
    assert answer.status_code == 422
    D5 = town.departments["东街1社区站"].code
    answer = street.post(f"/console/orders/{life.number}/pass_down/", {"department": D5})
    assert (answer.status_code, life.order.department.code) == (200, D5)
