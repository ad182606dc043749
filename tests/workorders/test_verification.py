"""A look before acceptance: who asks whom, and what the clocks do meanwhile."""

import pytest

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.workorders.lives import MONDAY, Life, beijing
from tests.workorders.pages import jpeg
from workorders.enums import Action, ClockKind, State
from workorders.models import Event

ASK, REPORT = Action.REQUEST_VERIFICATION, Action.REPORT_VERIFICATION


@pytest.fixture
def life(town):
    return Life(town)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("dispatcher", None), ("east", None), ("west", NotFoundError),
        ("worker", ForbiddenError), ("supervisor", ForbiddenError), ("handler", NotFoundError),
    ],
)  # fmt: skip
def test_dispatcher_of_the_place_asks(life, person, refusal):
    if refusal:
        with pytest.raises(refusal):
            life.act(person, ASK)
        assert life.order.state == State.REGISTERED
    else:
        order = life.act(person, ASK, note="井盖还在不在？")
        assert (order.state, life.last(ASK).content["place"]) == (State.VERIFYING, "东街1社区1格")


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("worker", None), ("dispatcher", None), ("east", None), ("west-worker", NotFoundError),
        ("supervisor", ForbiddenError), ("clerk", ForbiddenError), ("handler", NotFoundError),
    ],
)  # fmt: skip
def test_those_who_report_from_the_place_answer(life, person, refusal):
    life.act("dispatcher", ASK)
    if refusal:
        with pytest.raises(refusal):
            life.act(person, REPORT, finding="属实")
        assert life.order.state == State.VERIFYING
    else:
        assert life.act(person, REPORT, finding="属实").state == State.REGISTERED
        assert life.last(REPORT).note == "属实"


def test_acceptance_stands_still_while_somebody_looks(life):
    order = life.act("dispatcher", ASK, beijing("03-02 10:10"))
    assert order.due_at == beijing("03-02 16:10")  # four working hours, lunch between
    assert life.clock(ClockKind.ACCEPTANCE).next_rung_at is None
    order = life.act("worker", REPORT, beijing("03-02 15:10"), finding="属实")
    # 20 of 30 minutes were left.
    assert order.due_at == life.clock(ClockKind.ACCEPTANCE).due_at == beijing("03-02 15:30")
    assert life.last(REPORT).content["met"] == {"verification": True}
    assert life.clock(ClockKind.ACCEPTANCE).started_at == MONDAY


def test_late_look_is_late_by_its_own_clock(life):
    life.act("dispatcher", ASK, beijing("03-02 10:10"))
    life.act("worker", REPORT, beijing("03-03 09:10"), finding="属实")
    assert life.last(REPORT).content["met"] == {"verification": False}
    assert life.clock(ClockKind.ACCEPTANCE).breached_at is None


def test_nobody_is_sent_to_an_unknown_place(town):
    life = Life(town, lon=None, lat=None)
    with pytest.raises(ConflictError) as refusal:
        life.act("dispatcher", ASK)
    assert refusal.value.code == "place_unknown"
    assert life.order.state == State.REGISTERED


def test_report_needs_a_finding(life):
    life.act("dispatcher", ASK)
    with pytest.raises(InvalidError) as refusal:
        life.act("worker", REPORT)
    assert list(refusal.value.fields) == ["finding"]


def test_phone_lists_the_order_and_takes_the_report_with_photos(life, desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    life.act("dispatcher", ASK)
    worker = desk("worker")
    page = worker.get("/m/").content.decode()
    assert (life.number in page, "待核实" in page) == (True, True)
    assert life.number not in desk("west-worker").get("/m/").content.decode()
    url = f"/m/orders/{life.number}/"
    assert 'name="finding"' in worker.get(url).content.decode()
    refused = worker.post(f"{url}report_verification/", {"finding": ""})
    assert refused.status_code == 400
    answer = worker.post(f"{url}report_verification/", {"finding": "井盖缺失", "before": jpeg()})
    assert (answer.status_code, answer.url) == (302, "/m/")
    assert life.order.state == State.REGISTERED
    assert [photo.stage for photo in life.order.photos.all()] == ["before"]
    assert Event.objects.filter(action=REPORT).count() == 1
