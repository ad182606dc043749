"""Loading the demo: the real district, its people and their scopes, the same when repeated."""

import json
import stat

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from accounts.enums import Right
from accounts.models import User
from governance.demo.history import load_history
from governance.demo.loading import load_reference
from governance.demo.matters import GROUPS, LEAF_CODES
from governance.demo.wording import REPORTS
from governance.lib.errors import ConflictError
from grids.enums import AreaKind, AreaLevel
from grids.models import Area, PatrolPoint
from grids.selectors import locate_address
from grids.services import current_scope
from workorders.enums import ClockKind
from workorders.models import Category, Channel, Rung, TimeLimit, WorkOrder
from workorders.selectors import suggest_category
from workorders.selectors.queues import view_orders, views_for
from workorders.services import count_held, recount

COUNTED = ("accounts.user", "accounts.department", "grids.area", "grids.boundary", "grids.post",
           "grids.address", "workorders.category", "workorders.timelimit", "workorders.rung",
           "workorders.channel", "grids.patrolpoint", "grids.patrolplan",
           "workorders.calendarday", "workorders.knowledgeentry", "dashboards.indicator",
           "dashboards.wall")  # fmt: skip


def counts():
    return {label: apps.get_model(label).objects.count() for label in COUNTED}


def test_second_load_changes_nothing(demo):
    before, secrets = counts(), (demo / "secrets/channel-tokens.json").read_text()
    load_reference(at=timezone.now())
    assert counts() == before
    assert (demo / "secrets/channel-tokens.json").read_text() == secrets


def test_patrol_points_lie_in_their_grids_and_are_planned(demo):
    assert PatrolPoint.objects.count() == 5428
    inside = PatrolPoint.objects.filter(
        area__boundaries__valid_to=None, area__boundaries__geometry__covers=F("point")
    )
    assert inside.count() == 5428
    assert not PatrolPoint.objects.filter(plans=None).exists()


def test_rungs_that_an_administrator_changed_stay(demo):
    Rung.objects.filter(clock=ClockKind.RESOLUTION, category=None, share=80).update(share=70)
    Rung.objects.filter(clock=ClockKind.CHECK).delete()
    before = set(Rung.objects.values_list("pk", "share"))
    load_reference(at=timezone.now())
    added = Rung.objects.exclude(pk__in=[pk for pk, _ in before])
    assert [(rung.clock, rung.reach) for rung in added] == [("check", "district_supervisor")]
    assert before <= set(Rung.objects.values_list("pk", "share"))


def test_missing_manhole_cover_is_escalated_at_night(demo):
    category = Category.objects.get(name="井盖缺失")
    rungs = Rung.objects.filter(clock=ClockKind.RESOLUTION, category=category)
    assert {rung.is_urgent for rung in rungs} == {True}
    assert set(rungs.values_list("after_amount", "after_unit")) == {
        (None, ""), (1, "hour"), (3, "hour"),
    }  # fmt: skip


def test_district_has_its_real_parts(demo):
    levels = {level: Area.objects.filter(level=level).count() for level in AreaLevel}
    assert levels == {
        AreaLevel.DISTRICT: 1, AreaLevel.STREET: 11, AreaLevel.COMMUNITY: 125, AreaLevel.GRID: 502,
    }  # fmt: skip
    kinds = {
        kind: Area.objects.filter(kind=kind).count()
        for kind in (AreaKind.COMPREHENSIVE, AreaKind.DEDICATED)
    }
    assert kinds == {AreaKind.COMPREHENSIVE: 478, AreaKind.DEDICATED: 24}
    assert not Area.objects.filter(level__lt=AreaLevel.GRID, centre=None).exists()


@pytest.mark.parametrize(
    ("username", "right", "level", "count"),
    [
        ("dispatcher", Right.DISPATCH_ORDERS, AreaLevel.DISTRICT, 1),
        ("street-dispatcher", Right.DISPATCH_ORDERS, AreaLevel.STREET, 1),
        ("worker", Right.HANDLE_ORDERS, AreaLevel.GRID, 4),
        ("clerk", Right.FOLLOW_UP_ORDERS, AreaLevel.DISTRICT, 1),
        ("supervisor", Right.CHECK_ORDERS, AreaLevel.DISTRICT, 1),
        ("leader", Right.VIEW_WALL, AreaLevel.DISTRICT, 1),
    ],
)
def test_each_sign_in_has_the_scope_of_its_role(demo, username, right, level, count):
    user = User.objects.get(username=username)
    assert user.check_password("demo-pass-2026")
    held = current_scope(user=user).areas[right]
    assert {key: len(ids) for key, ids in held.items()} == {level: count}


def test_street_dispatcher_and_worker_belong_to_jiangpu(demo):
    street = current_scope(user=User.objects.get(username="street-dispatcher"))
    assert street.area_ids(Right.VIEW_ORDERS) == {Area.objects.get(code="320111004").pk}
    grids = current_scope(user=User.objects.get(username="worker")).area_ids(Right.HANDLE_ORDERS)
    names = Area.objects.filter(pk__in=grids).values_list("parent__parent__name", flat=True)
    assert set(names) == {"江浦街道"}


def test_handler_belongs_to_a_department_and_admin_sees_everything(demo):
    scope = current_scope(user=User.objects.get(username="handler"))
    assert (len(scope.departments[Right.HANDLE_ORDERS]), scope.areas) == (1, {})
    admin = User.objects.get(username="admin")
    assert (admin.is_staff, current_scope(user=admin).sees_everything) == (True, True)


def test_everybody_of_the_demo_is_marked(demo):
    assert not User.objects.filter(is_demo=False).exists()
    assert not User.objects.exclude(name__startswith="演示").exists()


def test_every_text_suggests_its_own_kind_of_matter(demo):
    texts = [(leaf, text) for leaf, (_, texts) in REPORTS.items() for text in texts]
    assert len({text for _, text in texts}) >= 60
    wrong = {
        text: str(suggestion)
        for leaf, text in texts
        if (suggestion := suggest_category(text=text.format(place="某处"))) is None
        or suggestion.code != LEAF_CODES[leaf]
    }
    assert len(wrong) <= len(texts) // 10, wrong


def test_every_kind_of_matter_has_a_text_and_a_department(demo):
    leaves = [leaf[0] for group in GROUPS for leaf in group.leaves]
    assert sorted(REPORTS) == sorted(leaves)
    assert not Category.objects.filter(department=None).exists()


def test_every_known_address_is_found_again(demo):
    address = apps.get_model("grids.address").objects.order_by("pk").first()
    found = locate_address(text=address.text)
    assert (found is not None and found.grid_id is not None) is True


def test_tokens_of_the_channels_are_kept_for_their_owner_only(demo):
    path = demo / "secrets/channel-tokens.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(json.loads(path.read_text())) == sorted(
        Channel.objects.values_list("code", flat=True)
    )


def test_limits_are_those_of_the_law(demo):
    def limit(**traits):
        row = TimeLimit.objects.get(**{"urgency": "", "category": None, "channel": None} | traits)
        return (row.amount, row.unit, row.is_to_end_of_day)

    assert limit(clock="acceptance") == (30, "working_minute", False)
    assert limit(clock="acceptance", urgency="urgent") == (15, "minute", False)
    petition = Channel.objects.get(code="petition")
    assert limit(clock="acceptance", channel=petition) == (15, "working_day", True)
    assert limit(clock="resolution", channel=petition) == (60, "natural_day", True)
    manhole = Category.objects.get(name="井盖缺失")
    assert limit(clock="resolution", category=manhole) == (2, "hour", False)


def test_history_shows_every_state_and_counts_right(demo):
    at = timezone.now()
    assert load_history(at=at, orders=60) == WorkOrder.objects.count()
    states = set(WorkOrder.objects.values_list("state", flat=True))
    assert states >= {
        "registered", "accepted", "dispatched", "handling", "resolved", "follow_up", "closed",
        "verifying", "suspended", "merged",
    }  # fmt: skip
    assert WorkOrder.objects.filter(is_demo=False).count() == 0
    assert recount(orders=WorkOrder.objects.all()) == count_held()
    assert load_history(at=at, orders=60) == 0
    at_home = WorkOrder.objects.filter(holder_area__posts__user__username="worker")
    assert set(at_home.values_list("state", flat=True)) >= {"dispatched", "handling"}
    # At night and at weekends nothing may be due within the next working hours.
    # Nothing of the demo is sent back twice or opened again.
    assert empty_views("admin", at) <= {"soon", "returned", "reopened"}
    assert set(WorkOrder.objects.values_list("part", flat=True)) == {"", "split", "assist"}


def empty_views(username, at):
    """Name the views that the console offers a person and that show no order."""
    scope = current_scope(user=User.objects.get(username=username))
    found = {
        view.key: view_orders(view=view, scope=scope, at=at).exists()
        for view in views_for(scope=scope)
    }
    return {key for key, is_filled in found.items() if not is_filled}


def test_demo_is_refused_in_production(settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="生产模式"):
        call_command("load_demo")


def test_account_of_a_real_person_is_never_touched(demo):
    User.objects.filter(username="clerk").update(is_demo=False)
    with pytest.raises(ConflictError, match="clerk"):
        load_reference(at=timezone.now())
