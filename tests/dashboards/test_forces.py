"""Facts of the grids beneath an area: how many there are, who staffs them, where patrols were."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from dashboards.selectors import read_tree
from dashboards.selectors.forces import grid_facts
from dashboards.services import refresh_figures
from grids.models import Post
from grids.services import appoint, end_post
from tests.town import EAST_POINT, WEST_POINT

START = date(2026, 1, 1)


@pytest.fixture
def facts(town):
    """Give the facts of one of the town's areas, by name; the town staffs one grid a street."""

    def ask(name="区", day=None):
        pk = town.areas[name].pk
        day = day or timezone.localdate()
        return grid_facts(tree=read_tree(), roots=[pk], day=day)[pk]

    return ask


def worker(town, username, *areas, **period):
    user = User.objects.create(username=username, name=username)
    for area in areas:
        appoint(
            user=user, role=Role.GRID_WORKER, area=town.areas[area],
            **{"starts_on": START, **period},
        )  # fmt: skip
    return user


def test_grids_and_workers_are_counted_beneath_each_root(town, facts):
    assert facts() == {"total": 8, "staffed": 2, "patrolled": 0, "workers": 2}
    assert facts("东街") == {"total": 4, "staffed": 1, "patrolled": 0, "workers": 1}
    roots = [town.areas[name].pk for name in ("东街", "西街1社区", "东街2社区")]
    found = grid_facts(tree=read_tree(), roots=roots, day=timezone.localdate())
    assert [found[pk]["staffed"] for pk in roots] == [1, 1, 0]


def test_worker_of_two_grids_is_one_person(town, facts):
    worker(town, "two", "东街1社区2格", "东街2社区1格")
    assert facts("东街") == {"total": 4, "staffed": 3, "patrolled": 0, "workers": 2}


def test_second_worker_of_a_grid_staffs_no_second_grid(town, facts):
    worker(town, "second", "东街1社区1格")
    assert facts("东街") == {"total": 4, "staffed": 1, "patrolled": 0, "workers": 2}


@pytest.mark.parametrize(
    ("starts", "ends", "staffed"),
    [(0, None, 2), (1, None, 1), (-9, 0, 2), (-9, -1, 1), (-9, 9, 2)],
)
def test_post_staffs_while_it_is_in_force(town, facts, starts, ends, staffed):
    today = timezone.localdate()
    ends_on = None if ends is None else today + timedelta(days=ends)
    starts_on = today + timedelta(days=starts)
    worker(town, "new", "东街1社区2格", starts_on=starts_on, ends_on=ends_on)
    assert facts("东街")["staffed"] == staffed


def test_ended_post_and_closed_account_staff_nothing(town, facts):
    end_post(post=Post.objects.get(user__username="worker"), ends_on=START)
    assert facts("东街")["staffed"] == 0
    User.objects.filter(username="west-worker").update(is_active=False)
    assert facts() == {"total": 8, "staffed": 0, "patrolled": 0, "workers": 0}


def test_other_roles_and_retired_grids_are_left_out(town, facts):
    appoint(
        user=town.people["east"], role=Role.DISPATCHER, area=town.areas["东街2社区1格"],
        starts_on=START,
    )  # fmt: skip
    town.areas["东街1社区1格"].is_active = False
    town.areas["东街1社区1格"].save()
    assert facts("东街") == {"total": 3, "staffed": 0, "patrolled": 0, "workers": 1}


def test_patrolled_are_the_grids_of_todays_patrol_reports(town, facts, channel_api):
    def deliver(channel, **changes):
        body = {"occurred_at": timezone.now().isoformat(), "text": "巡查发现垃圾", **changes}
        answer = channel_api(channel, body)
        assert answer.status_code == 201, answer.data

    for number in (1, 2):
        deliver("patrol", record_uuid=f"00000000-0000-4000-8000-00000000000{number}",
                point=EAST_POINT)  # fmt: skip
    deliver("hotline", ticket_number="T-9", point=WEST_POINT)
    refresh_figures(at=timezone.now())
    assert (facts()["patrolled"], facts("东街")["patrolled"], facts("西街")["patrolled"]) == (
        1,
        1,
        0,
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    assert facts(day=yesterday)["patrolled"] == 0


def test_facts_cost_the_same_for_one_root_and_all(town, query_count):
    tree, day = read_tree(), timezone.localdate()
    counts = {
        query_count(lambda some=some: grid_facts(tree=tree, roots=some, day=day))
        for some in ([town.areas["区"].pk], [node.pk for node in tree.judged()])
    }
    assert counts == {2}
