"""The admin: reference data for administrators, orders only to look at."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from accounts.enums import Right, Role
from accounts.models import AccessLog, Department, User
from accounts.services import REFERENCE_DATA, administrators
from grids.models import Address, Post
from grids.selectors import read_scope
from grids.services import appoint, end_post
from workorders.models import (
    Application,
    CalendarDay,
    Channel,
    Notice,
    Rung,
    SupervisionLetter,
    WorkOrder,
)

MODELS = [
    "accounts_user", "accounts_department", "accounts_accesslog", "grids_area",
    "grids_boundaryversion", "grids_boundary", "grids_address", "grids_post",
    "grids_patrolpoint", "grids_patrolplan", "grids_checkin", "grids_element", "grids_visit",
    "workorders_channel", "workorders_category", "workorders_timelimit", "workorders_rung",
    "workorders_workcalendar", "workorders_calendarday",
]  # fmt: skip
ORDER_MODELS = ["workorders_workorder", "workorders_event", "workorders_clock"]
SUPERVISION = [
    "workorders_supervisionletter", "workorders_notice", "workorders_application",
]  # fmt: skip


@pytest.fixture
def administrator(town, client):
    """A person with an administrator's post, signed in."""
    user = User.objects.create(username="administrator", name="管理", password="!")
    appoint(
        user=user, role=Role.ADMINISTRATOR, starts_on=date(2026, 1, 1),
        department=town.departments["区中心"],
    )  # fmt: skip
    client.force_login(user)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def superuser(town, client):
    user = User.objects.create_superuser("root", password="root-pass-2026", name="超级")
    client.force_login(user)
    return user


def test_administrators_post_opens_the_admin_and_its_end_closes_it(town, administrator, client):
    assert administrator.is_staff
    assert client.get(reverse("admin:index")).status_code == 200
    end_post(post=Post.objects.get(user=administrator), ends_on=yesterday())
    administrator.refresh_from_db()
    assert not administrator.is_staff
    assert administrator.groups.count() == 0
    assert client.get(reverse("admin:index")).status_code == 302


def yesterday():
    # A post ends on its first day at the earliest, which lies in the past as well.
    return timezone.localdate() - timedelta(days=1)


def test_second_post_keeps_the_admin_open(town, administrator):
    second = appoint(
        user=administrator, role=Role.ADMINISTRATOR, starts_on=date(2026, 1, 1),
        area=town.areas["区"],
    )  # fmt: skip
    end_post(post=second, ends_on=yesterday())
    administrator.refresh_from_db()
    assert administrator.is_staff


def test_group_holds_exactly_the_reference_data(town):
    wanted = {
        f"{label.split('.')[0]}.{verb}_{label.split('.')[1]}"
        for label, verbs in REFERENCE_DATA.items()
        for verb in verbs
    }
    administrators()
    group = Group.objects.get(name="管理员")
    held = {
        f"{row.content_type.app_label}.{row.codename}"
        for row in group.permissions.select_related("content_type")
    }
    assert held == wanted


@pytest.mark.parametrize("model", MODELS)
def test_administrator_reads_reference_data(administrator, client, model):
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", ORDER_MODELS)
def test_administrator_reads_no_orders(administrator, client, model):
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 403


@pytest.mark.parametrize("person", ["dispatcher", "supervisor", "leader", "worker"])
def test_others_stay_outside(town, client, person):
    client.force_login(town.people[person])
    assert client.get(reverse("admin:workorders_channel_changelist")).status_code == 302


@pytest.mark.parametrize("model", ORDER_MODELS)
def test_lists_cost_the_same_for_one_row_and_three(
    town, superuser, client, channel_api, query_count, model
):
    url = reverse(f"admin:{model}_changelist")
    channel_api("hotline", town.call())
    client.get(url)
    one = query_count(lambda: client.get(url))
    for number in ("T-2", "T-3"):
        channel_api("hotline", town.call(number))
    assert query_count(lambda: client.get(url)) == one


@pytest.mark.parametrize("model", ORDER_MODELS)
def test_orders_are_read_only_and_masked(town, superuser, client, channel_api, model):
    channel_api("hotline", town.call(text="井盖坏了，请打 13912345678 或 320111199001011234"))
    listed = client.get(reverse(f"admin:{model}_changelist"))
    assert listed.status_code == 200
    row = {"workorder": WorkOrder.objects, "event": WorkOrder.objects.get().events,
           "clock": WorkOrder.objects.get().clocks}[model.split("_")[1]].first()  # fmt: skip
    change = reverse(f"admin:{model}_change", args=[row.pk])
    page = client.get(change)
    assert page.status_code == 200
    for answer in (listed, page):
        assert "13912345678" not in answer.content.decode()
        assert "320111199001011234" not in answer.content.decode()
        assert "演示居民" not in answer.content.decode()
    assert client.post(change, {"state": "closed"}).status_code == 403
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403
    assert WorkOrder.objects.get().state == "registered"


def test_view_permission_alone_opens_no_order(town, administrator, client, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    permission = administrators().permissions.model.objects.get(codename="view_workorder")
    administrator.user_permissions.add(permission)
    page = client.get(reverse("admin:workorders_workorder_changelist"))
    assert page.status_code == 200
    assert number not in page.content.decode()
    appoint(
        user=administrator, role=Role.LEADER, starts_on=date(2026, 1, 1), area=town.areas["东街"]
    )
    page = client.get(reverse("admin:workorders_workorder_changelist"))
    assert number in page.content.decode()


def test_new_token_is_shown_once_and_replaces_the_old(town, administrator, client, channel_api):
    channel = town.channels["hotline"]
    url = reverse("admin:workorders_channel_changelist")
    page = client.post(url, {"action": "issue_new_token", "_selected_action": [channel.pk]})
    token = page.context_data["token"]
    assert token in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert channel_api("hotline", town.call()).status_code == 401
    assert channel_api("hotline", town.call(), token=token).status_code == 201
    for again in (url, reverse("admin:workorders_channel_change", args=[channel.pk])):
        assert token not in client.get(again).content.decode()


def test_token_is_issued_for_one_channel_only(town, administrator, client):
    before = list(Channel.objects.values_list("token_digest", flat=True))
    keys = [channel.pk for channel in town.channels.values()]
    url = reverse("admin:workorders_channel_changelist")
    client.post(url, {"action": "issue_new_token", "_selected_action": keys})
    assert list(Channel.objects.values_list("token_digest", flat=True)) == before


def post_form(user, **changes):
    return {"user": user.pk, "role": "dispatcher", "starts_on": "2026-01-01", **changes}


def test_post_made_in_the_admin_grants_at_once(town, administrator, client):
    user = User.objects.create(username="new", name="新人")
    east = town.areas["东街"]
    answer = client.post(reverse("admin:grids_post_add"), post_form(user, area=east.pk))
    assert answer.status_code == 302
    assert read_scope(user=user).area_ids(Right.DISPATCH_ORDERS) == {east.pk}
    post = Post.objects.get(user=user)
    url = reverse("admin:grids_post_change", args=[post.pk])
    assert client.post(url, {"ends_on": "2026-01-02"}).status_code == 302
    assert read_scope(user=user).area_ids(Right.DISPATCH_ORDERS) == frozenset()
    again = client.post(url, {"ends_on": "2030-01-01"})
    assert again.status_code == 200
    assert Post.objects.get(user=user).ends_on == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "area"),
        ({"role": "handler"}, "department"),
        ({"role": "administrator"}, "department"),
        ({"role": "emperor"}, "role"),
    ],
)
def test_post_that_cannot_be_is_a_form_error(town, administrator, client, changes, field):
    user = User.objects.create(username="new", name="新人")
    answer = client.post(reverse("admin:grids_post_add"), post_form(user, **changes))
    assert answer.status_code == 200
    assert field in answer.context_data["adminform"].form.errors
    assert not Post.objects.filter(user=user).exists()


def test_post_that_ends_before_it_starts_is_a_form_error(town, administrator, client):
    user = User.objects.create(username="new", name="新人")
    form = post_form(user, area=town.areas["东街"].pk, ends_on="2025-12-31")
    answer = client.post(reverse("admin:grids_post_add"), form)
    assert "ends_on" in answer.context_data["adminform"].form.errors


def test_calendar_day_is_saved_through_the_service(town, administrator, client):
    url = reverse("admin:workorders_calendarday_add")
    form = {"day": "2026-10-01", "is_working": "", "name": "国庆节"}
    assert client.post(url, form).status_code == 302
    day = CalendarDay.objects.get(day=date(2026, 10, 1))
    change = reverse("admin:workorders_calendarday_change", args=[day.pk])
    assert client.post(change, {"is_working": "on", "name": "调休"}).status_code == 302
    day.refresh_from_db()
    assert (day.is_working, day.name, CalendarDay.objects.count()) == (True, "调休", 2)


def test_address_is_entered_by_its_numbers(town, administrator, client):
    url = reverse("admin:grids_address_add")
    page = client.get(url).content.decode()
    assert "openlayers" not in page.lower()
    form = {"text": "东街一号", "lon": "118.62", "lat": "32.02"}
    assert client.post(url, form).status_code == 302
    assert Address.objects.get().point.coords == (118.62, 32.02)
    again = client.post(url, form)
    assert "text" in again.context_data["adminform"].form.errors


def test_administrator_gives_nobody_powers(town, administrator, client):
    url = reverse("admin:accounts_user_change", args=[administrator.pk])
    form = {"username": "administrator", "name": "管理", "is_active": "on", "is_superuser": "on"}
    assert client.post(url, form).status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def password_form(password):
    return {"password1": password, "password2": password, "usable_password": "true"}


def test_administrator_cannot_take_over_a_superuser(town, administrator, client):
    root = User.objects.create_superuser("root", password="root-pass-2026", name="超级")
    form = {
        "password1": "taken-over-2026",
        "password2": "taken-over-2026",
        "usable_password": "true",
    }
    url = reverse("admin:auth_user_password_change", args=[root.pk])
    assert client.post(url, form).status_code == 403
    assert User.objects.get(pk=root.pk).check_password("root-pass-2026")


def test_new_password_and_dismissal_end_the_tokens(town, administrator, client):
    user = town.people["worker"]
    AuthToken.objects.create(user=user)
    form = {
        "password1": "other-pass-2026",
        "password2": "other-pass-2026",
        "usable_password": "true",
    }
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    assert client.post(url, form).status_code == 302
    assert AuthToken.objects.filter(user=user).count() == 0
    AuthToken.objects.create(user=user)
    change = reverse("admin:accounts_user_change", args=[user.pk])
    assert client.post(change, {"username": "worker", "name": "网格员"}).status_code == 302
    assert AuthToken.objects.filter(user=user).count() == 0
    assert not User.objects.get(pk=user.pk).is_active


def test_access_log_is_not_editable(town, administrator, client):
    row = AccessLog.objects.first()
    assert client.get(reverse("admin:accounts_accesslog_add")).status_code == 403
    for act in ("change", "delete"):
        url = reverse(f"admin:accounts_accesslog_{act}", args=[row.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["accounts_user", "grids_post", "grids_area", "grids_address"])
def test_pages_load_nothing_from_elsewhere(superuser, client, model):
    page = client.get(reverse(f"admin:{model}_add")).content.decode()
    sources = [part.split('"')[1] for part in page.split("src=")[1:] if part.startswith('"')]
    styles = [part.split('href="')[1].split('"')[0] for part in page.split("<link")[1:]]
    assert [link for link in (*sources, *styles) if "//" in link] == []


def test_department_keeps_its_tree(town, administrator, client):
    department = town.departments["城管局"]
    url = reverse("admin:accounts_department_change", args=[department.pk])
    form = {"code": department.code, "name": "城管局", "kind": "functional", "is_active": "on"}
    centre = town.departments["区中心"]
    itself = client.post(url, {**form, "parent": department.pk})
    assert "parent" in itself.context_data["adminform"].form.errors
    top = reverse("admin:accounts_department_change", args=[centre.pk])
    beneath = client.post(top, {**form, "code": centre.code, "parent": department.pk})
    assert "parent" in beneath.context_data["adminform"].form.errors
    assert Department.objects.get(pk=department.pk).parent == centre


@pytest.fixture
def supervised(town, channel_api):
    """An order with a letter, a notice and an application, each with a telephone number in it."""
    order = WorkOrder.objects.get(number=channel_api("hotline", town.call()).data["number"])
    text = "请联系 13912345678"
    now = timezone.now()
    return {
        "supervisionletter": SupervisionLetter.objects.create(
            order=order, level=1, text=text, answer=text, issued_at=now, issued_by="督办"
        ),
        "notice": Notice.objects.create(
            order=order, event=order.events.get(), reach="dispatcher", at=now,
            area=town.areas["东街"],
        ),
        "application": Application.objects.create(
            order=order, kind="return", reason=text, asked_at=now, asked_by="承办"
        ),
    }  # fmt: skip


@pytest.mark.parametrize("model", SUPERVISION)
def test_supervision_is_read_only_masked_and_within_scope(
    town, administrator, client, supervised, model
):
    row = supervised[model.split("_")[1]]
    listed, change = reverse(f"admin:{model}_changelist"), reverse(f"admin:{model}_change",
                                                                   args=[row.pk])  # fmt: skip
    assert client.get(listed).status_code == 403
    codename = f"view_{model.split('_')[1]}"
    permission = administrators().permissions.model.objects.get(codename=codename)
    administrator.user_permissions.add(permission)
    number = row.order.number
    assert number not in client.get(listed).content.decode()  # the permission alone opens nothing
    root = User.objects.create_superuser("root", password=None, name="超级")
    client.force_login(root)
    assert number in client.get(listed).content.decode()
    page = client.get(change)
    assert (page.status_code, "13912345678" in page.content.decode()) == (200, False)
    assert client.post(change, {"level": 3}).status_code == 403
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403


RUNG = {"clock": "resolution", "deed": "remind", "reach": "handler", "share": 80}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"share": ""}, {"share"}),
        ({"share": 0}, {"share"}),
        ({"share": 101}, {"share"}),
        ({"share": -1}, {"share"}),
        ({"after_amount": 1, "after_unit": "working_day"}, {"after_amount"}),
        ({"share": "", "after_amount": 1}, {"after_unit"}),
        ({"share": "", "after_amount": 0, "after_unit": "hour"}, {"after_amount"}),
        ({"share": "", "after_amount": 10_000, "after_unit": "hour"}, {"after_amount"}),
        ({"after_unit": "hour"}, {"after_unit"}),
        ({"reach": ""}, {"reach"}),
        ({"deed": "dance"}, {"deed"}),
        ({"clock": "lunch"}, {"clock"}),
    ],
)
def test_wrong_rung_is_refused_at_its_field(administrator, client, changes, wrong):
    answer = client.post(reverse("admin:workorders_rung_add"), {**RUNG, **changes})
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == wrong
    assert not Rung.objects.exists()


def test_new_rung_holds_at_once(town, administrator, client, channel_api):
    body = {"clock": "acceptance", "deed": "yellow", "share": 50, "is_active": "on"}
    assert client.post(reverse("admin:workorders_rung_add"), body).status_code == 302
    channel_api("hotline", town.call())
    clock = WorkOrder.objects.get().clocks.get()
    assert clock.next_rung_at < clock.due_at
    assert client.get(reverse("admin:workorders_rung_changelist")).status_code == 200
