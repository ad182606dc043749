"""League tables agree with a count in plain Python, whatever happened, as of whatever instant."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from governance.lib.errors import DomainError
from tests.workorders.league_reference import SUMS, reference_league
from workorders.enums import Action, Measure
from workorders.report import Report
from workorders.selectors import reference
from workorders.selectors.leagues import LeagueBy, Month, read_league
from workorders.services import Actor, apply, fire_due, receive
from workorders.services.actors import permitted_actions
from workorders.services.journal import Journal

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
SOLVED = {"is_reached": True, "is_solved": True}
ACTS = [
    ("dispatcher", Action.ACCEPT, {}),
    ("dispatcher", Action.DISPATCH, {"department": "城管局"}),
    ("east", Action.DISPATCH, {"department": "水务局"}),
    ("west", Action.DISPATCH, {"grid": "西街1社区1格"}),
    ("east", Action.DISPATCH, {"grid": "东街1社区1格"}),
    ("handler", Action.SIGN, {}),
    ("other-handler", Action.SIGN, {}),
    ("worker", Action.SIGN, {}),
    ("west-worker", Action.SIGN, {}),
    ("handler", Action.SEND_BACK, {"reason": "不属本单位"}),
    ("worker", Action.REMARK, {"kind": "contacted", "text": "已联系"}),
    ("handler", Action.REMARK, {"kind": "contacted", "text": "已联系"}),
    *((who, Action.RESOLVE, {"result": "已处理", "proof": "有"})
      for who in ("handler", "other-handler", "worker", "west-worker") for _ in range(2)),
    ("supervisor", Action.PASS_CHECK, {}),
    ("supervisor", Action.PASS_CHECK, {}),
    ("supervisor", Action.REWORK, {"finding": "不到位"}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": False}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": True, "is_solved": False}),
    ("clerk", Action.FOLLOW_UP, {**SOLVED, "satisfaction": "satisfied"}),
    ("clerk", Action.FOLLOW_UP, {**SOLVED, "satisfaction": "basically_satisfied"}),
    ("clerk", Action.FOLLOW_UP, {**SOLVED, "satisfaction": "dissatisfied"}),
    ("supervisor", Action.REOPEN, {"reason": "复发"}),
    ("supervisor", Action.CANCEL, {"reason": "误报"}),
]  # fmt: skip


def register(town, serial, at=MONDAY):
    report = Report(
        channel="hotline", external_number=f"H-{serial}", occurred_at=at, text="井盖缺失",
        lon=118.52 if serial % 3 == 0 else 118.62, lat=32.02,
    )  # fmt: skip
    return receive(report=report, channel=town.channels["hotline"], at=at)[0]


def act(town, order, person, action, at, **named):
    kinds = {"department": town.departments, "grid": town.areas, "category": town.categories}
    carried = {
        name: kinds[name][value] if name in kinds else value for name, value in named.items()
    }
    actor = Actor.from_user(town.people[person])
    return apply(number=order.number, action=action, actor=actor, at=at, carried=carried)


def exclude(order, at, is_excluded=True):
    order.refresh_from_db()
    journal = Journal()
    cell = (order.grid_id or order.district_id, order.category_id, order.channel_id,
            order.department_id)  # fmt: skip
    journal.append(
        order=order, action=Action.EXCLUDE, actor=Actor.system(), at=at, from_state=order.state,
        cell=cell, note="不可抗力", content={"is_excluded": is_excluded},
    )  # fmt: skip
    journal.count(counts=[(cell, Measure.EXCLUDED, int(is_excluded))], at=at)
    journal.write()
    order.save(update_fields=["last_sequence", "history_digest"])


def live(town, *, seed, orders=9, hours=320):
    """Let a town work for eight weeks; yield each instant at which something was done."""
    chance = Random(seed)
    actors = {name: Actor.from_user(town.people[name]) for name, *_ in ACTS}
    made = [register(town, serial) for serial in range(orders)]
    for step in range(hours):
        at = MONDAY + timedelta(hours=4 * step, minutes=chance.randrange(60))
        fire_due(at=at)
        order = made[chance.randrange(orders)]
        if chance.random() < 0.04:
            exclude(order, at, chance.random() < 0.6)
            continue
        order.refresh_from_db()
        permitted = {
            name: set(permitted_actions(order=order, actor=actor)) for name, actor in actors.items()
        }
        acts = [one for one in ACTS if one[1] in permitted[one[0]]]
        if not acts:
            continue
        person, action, named = acts[chance.randrange(len(acts))]
        try:
            act(town, order, person, action, at, **named)
        except DomainError:
            continue
        yield at


def key_of_department(event, role):
    names = {"sender": "centre", "last": "held_by"}
    return event.content.get(names[role]) if role in names else event.department_id


def key_of_street(event, role):
    area = reference().area(event.area_id)
    while area is not None and area.level > 2:
        area = area.parent
    return area.pk if area is not None and area.level == 2 else None


KEYS = {LeagueBy.DEPARTMENT: key_of_department, LeagueBy.STREET: key_of_street}


def counted(town, by, month):
    """Read a table as the reference has it: parts by rate, of rows that have any."""
    areas = {town.areas["区"].pk}
    league = read_league(by=by, month=month, areas=areas)
    known = reference()
    named = known.areas_by_code if by.level else known.departments_by_code
    table = {named[row.code].pk: row.figures for row in league.rows}
    return {
        key: {rate: tuple(both(side) for side in (pair.all, pair.assessed))
              for rate, pair in figures.items()}
        for key, figures in table.items()
    }  # fmt: skip


def both(figure):
    return (Fraction(figure.numerator), Fraction(figure.denominator))


EMPTY = ((Fraction(0), Fraction(0)), (Fraction(0), Fraction(0)))


def expected(by, month, keys):
    found = reference_league(month=month, key_of=KEYS[by])
    assert set(found) <= set(keys)
    return {key: found.get(key, dict.fromkeys(SUMS, EMPTY)) for key in keys}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_equal_the_reference_then_and_later(town, seed):
    asked, chance = [], Random(seed)
    for at in live(town, seed=seed):
        if chance.random() < 0.05:
            first = MARCH if at < Month.of(first=MARCH, now=at).end else APRIL
            for by in KEYS:
                month = Month.of(first=first, now=at)
                table = counted(town, by, month)
                assert table == expected(by, month, table)
                asked.append((by, Month(first, at), table))
    assert len(asked) > 10
    for by, month, table in asked:
        assert not diff(table, counted(town, by, month))
    now = MONDAY + timedelta(days=90)
    for by in KEYS:
        for first in (MARCH, APRIL):
            for month in (Month.of(first=first, now=now), Month(first, now)):
                table = counted(town, by, month)
                assert table == expected(by, month, table)


def diff(then, later):
    """Compare the answer given then with the one given later; rows may have joined since."""
    return {
        key: (figures, later.get(key)) for key, figures in then.items() if figures != later.get(key)
    } | {key: figures for key, figures in later.items() if key not in then and any(
        pair != EMPTY for pair in figures.values())}  # fmt: skip


def test_what_came_after_the_instant_is_unknown_to_it(town):
    late, returned, called = (register(town, serial) for serial in (1, 2, 4))
    day = [MONDAY + timedelta(days=number) for number in range(30)]
    for order, at in ((late, day[0]), (called, day[0]), (returned, day[14])):
        act(town, order, "dispatcher", Action.ACCEPT, at)
        act(town, order, "dispatcher", Action.DISPATCH, at, department="城管局")
        act(town, order, "handler", Action.SIGN, at)
    act(town, called, "handler", Action.RESOLVE, day[1], result="已处理", proof="有")
    act(town, called, "supervisor", Action.PASS_CHECK, day[1])
    act(town, called, "clerk", Action.FOLLOW_UP, day[1], **SOLVED, satisfaction="satisfied")
    act(town, called, "handler", Action.REMARK, day[2], kind="contacted", text="已联系")
    fire_due(at=day[10])
    noon = day[14] + timedelta(minutes=30)
    act(town, returned, "handler", Action.SEND_BACK, noon, reason="不属本单位")
    act(town, late, "handler", Action.RESOLVE, day[15], result="已处理", proof="有")

    def parts(department, rate, at):
        table = counted(town, LeagueBy.DEPARTMENT, Month(MARCH, at))
        return tuple(int(part) for part in table[town.departments[department].pk][rate][0])

    assert [parts("城管局", "on_time", day[number]) for number in (9, 11, 16)] == [
        (1, 1), (1, 2), (1, 2),
    ]  # fmt: skip
    assert [parts("区中心", "first_dispatch", day[number]) for number in (11, 14, 15)] == [
        (2, 2), (3, 3), (2, 3),
    ]  # fmt: skip
    assert parts("城管局", "response", day[16]) == (0, 1)
