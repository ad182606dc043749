"""The box 试算 in the admin: what it answers, what it refuses, and who may ask."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from grids.services import appoint
from tests.workorders.legal_time import at
from workorders.enums import ClockKind, Urgency
from workorders.models import Category, Clock, TimeLimit
from workorders.services import change_calendar
from workorders.worktime import LimitUnit

URL = "admin:workorders_timelimit_trial"


@pytest.fixture
def administrator(town, client):
    user = User.objects.create(username="administrator", name="演示管理员", password="!")
    department = town.departments["区中心"]
    appoint(user=user, role=Role.ADMINISTRATOR, starts_on=date(2026, 1, 1), department=department)
    client.force_login(user)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ask(administrator, client):
    """Ask the box, with a limit of its own unless told otherwise."""

    def ask(**given):
        asked = {"start": "2026-09-30T16:00", "source": "hand", "unit": "working_day", **given}
        page = client.get(reverse(URL), asked)
        assert page.status_code == 200
        return page

    return ask


@pytest.fixture
def holidays(town):
    change_calendar(
        days=[(date(2026, 10, day), False, "国庆节") for day in range(1, 8)]
        + [(date(2026, 10, 10), True, "国庆节")]
    )


def test_given_limit_with_pauses_is_answered_and_explained(holidays, ask):
    page = ask(
        amount="3",
        from_1="2026-10-09T10:00", to_1="2026-10-09T20:00",
        from_3="2026-10-02T10:00", to_3="2026-10-03T10:00",
    )  # fmt: skip
    answer = page.context_data["answer"]
    assert answer.due_at == at("2026-10-12 15:00")
    assert answer.lines[-4:] == [
        (["2026-10-12（周一）"], "工作日，计4小时，累计21小时"),
        (["暂停"], "2026-10-02（周五）10:00至2026-10-03（周六）10:00，不影响时限"),
        (["暂停"], "2026-10-09（周五）10:00至2026-10-09（周五）20:00，扣除工作时间6小时"),
        (["到期"], "2026-10-12（周一）15:00"),
    ]
    assert (["2026-10-01（周四）", "至2026-10-07（周三）"], "国庆节，不计") in answer.lines
    assert (answer.winner, answer.warnings) == (None, [])
    assert "2026-10-12（周一）15:00" in page.content.decode()


def test_end_of_day_and_unknown_year_are_said(ask):
    page = ask(
        start="2026-12-30T16:00", amount="3", unit="working_day", is_to_end_of_day="on"
    )  # fmt: skip
    answer = page.context_data["answer"]
    assert (answer.due_at, answer.due_text) == (at("2027-01-04 18:00"), "2027-01-04（周一）18:00")
    assert answer.warnings == ["2027年的放假调休安排尚未录入，该年暂只按周末休息计算"]


def test_winning_row_is_named_with_those_it_beats(town, holidays, ask):
    child = Category.objects.create(
        code="lid", name="井盖异响", parent=town.categories["manhole"],
        domain=town.categories["manhole"].domain,
    )  # fmt: skip

    def add(amount, unit, **traits):
        return TimeLimit.objects.create(
            clock=ClockKind.RESOLUTION, amount=amount, unit=unit, **traits
        )

    default = TimeLimit.objects.get(clock=ClockKind.RESOLUTION)
    channel = add(3, LimitUnit.WORKING_DAY, channel=town.channels["hotline"])
    urgent = add(1, LimitUnit.WORKING_DAY, urgency=Urgency.URGENT)
    parent = add(4, LimitUnit.HOUR, category=town.categories["manhole"])
    own = add(2, LimitUnit.HOUR, category=child)
    both = add(1, LimitUnit.HOUR, category=child, urgency=Urgency.URGENT)
    add(9, LimitUnit.HOUR, category=town.categories["noise"])
    asked = {"source": "table", "clock": "resolution", "category": child.pk,
             "channel": town.channels["hotline"].pk}  # fmt: skip
    answer = ask(**asked, urgency="urgent").context_data["answer"]
    assert answer.due_at == at("2026-09-30 17:00")
    assert (answer.winner.row, answer.winner.traits) == (both, ["井盖异响", "紧急"])
    assert [choice.row for choice in answer.others] == [own, parent, urgent, channel, default]
    assert answer.others[-1].traits == []
    calm = ask(**asked, urgency="normal").context_data["answer"]
    assert (calm.winner.row, calm.due_at) == (own, at("2026-09-30 18:00"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start": ""}, "start"),
        ({"start": "yesterday"}, "start"),
        ({"start": "0001-01-01T00:00"}, "start"),
        ({"start": "9999-12-31T23:59"}, "start"),
        ({"source": "guess"}, "source"),
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-3"}, "amount"),
        ({"amount": "1.5"}, "amount"),
        ({"amount": "10000"}, "amount"),
        ({"amount": "9" * 400}, "amount"),
        ({"unit": ""}, "unit"),
        ({"unit": "fortnight"}, "unit"),
        ({"unit": "hour", "is_to_end_of_day": "on"}, "is_to_end_of_day"),
        ({"from_1": "2026-10-09T10:00"}, "to_1"),
        ({"to_2": "2026-10-09T10:00"}, "from_2"),
        ({"from_3": "2026-10-09T10:00", "to_3": "2026-10-09T09:00"}, "to_3"),
        ({"from_1": "soon", "to_1": "2026-10-09T09:00"}, "from_1"),
        ({"source": "table", "clock": "sundial"}, "clock"),
        ({"source": "table", "category": "999999"}, "category"),
        ({"source": "table", "channel": "x"}, "channel"),
        ({"source": "table", "urgency": "panic"}, "urgency"),
    ],
)
def test_bad_input_is_an_error_of_its_field(ask, given, field):
    page = ask(**{"amount": "3", **given})
    assert list(page.context_data["form"].errors) == [field]
    assert page.context_data["answer"] is None


def test_clock_without_a_row_is_an_error_of_the_clock(ask):
    TimeLimit.objects.filter(clock=ClockKind.CHECK).delete()
    page = ask(source="table", clock="check")
    assert list(page.context_data["form"].errors) == ["clock"]


def test_box_is_empty_until_asked_and_writes_nothing(ask, client, channel_api, town):
    channel_api("hotline", town.call())
    before = list(Clock.objects.values())
    page = client.get(reverse(URL))
    assert (page.status_code, page.context_data["answer"]) == (200, None)
    assert not page.context_data["form"].is_bound
    ask(amount="3")
    assert list(Clock.objects.values()) == before


def test_only_those_who_may_see_limits_may_ask(town, administrator, client):
    listed = client.get(reverse("admin:workorders_timelimit_changelist")).content.decode()
    assert reverse(URL) in listed
    assert client.get(reverse(URL)).status_code == 200
    seen = Permission.objects.filter(content_type__model="timelimit")
    administrator.groups.get().permissions.remove(*seen)
    assert client.get(reverse(URL), {"start": "2026-09-30T16:00"}).status_code == 403
    client.force_login(town.people["dispatcher"])
    assert client.get(reverse(URL)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "10000"}, "amount"),
        ({"unit": "hour", "is_to_end_of_day": "on"}, "is_to_end_of_day"),
    ],
)
def test_limit_that_no_clock_could_run_is_not_saved(administrator, client, changes, field):
    form = {"clock": "resolution", "urgency": "urgent", "amount": "3", "unit": "working_day"}
    before = TimeLimit.objects.count()
    page = client.post(reverse("admin:workorders_timelimit_add"), {**form, **changes})
    assert field in page.context_data["adminform"].form.errors
    assert TimeLimit.objects.count() == before
    assert client.post(reverse("admin:workorders_timelimit_add"), form).status_code == 302
