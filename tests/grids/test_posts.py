"""Posts write grants and take them back, to the day."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import get_perms
from knox.models import AuthToken

from accounts.enums import Right, Role
from accounts.models import User
from governance.lib.errors import InvalidError
from governance.lib.reference import one_revision
from grids.models import Post
from grids.selectors import read_scope
from grids.services import appoint, current_scope, end_post, settle_posts

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def person(town):
    return User.objects.create_user("newcomer", password="town-pass-2026", name="新人")


def test_post_grants_on_its_area_and_department(town, person):
    appoint(user=person, role=Role.GRID_WORKER, area=town.areas["东街1社区1格"], starts_on=TODAY)
    appoint(user=person, role=Role.HANDLER, department=town.departments["水务局"], starts_on=TODAY)
    assert set(get_perms(person, town.areas["东街1社区1格"])) == {
        Right.VIEW_ORDERS, Right.REPORT_ORDERS, Right.HANDLE_ORDERS, Right.VIEW_PERSONAL,
    }  # fmt: skip
    assert current_scope(user=person).order_columns() == {
        "grid_id": [town.areas["东街1社区1格"].pk],
        "holder_area_id": [town.areas["东街1社区1格"].pk],
        "department_id": [town.departments["水务局"].pk],
    }


def test_ended_post_gives_nothing_even_before_the_sweep(town, person):
    post = appoint(user=person, role=Role.DISPATCHER, area=town.areas["东街"], starts_on=YESTERDAY)
    Post.objects.filter(pk=post.pk).update(ends_on=YESTERDAY)
    assert read_scope(user=person).has_anywhere(Right.DISPATCH_ORDERS)
    assert not current_scope(user=person).has_anywhere(Right.DISPATCH_ORDERS)
    assert get_perms(person, town.areas["东街"]) == []


def test_last_day_still_counts(town, person):
    area = town.areas["东街"]
    post = appoint(user=person, role=Role.DISPATCHER, area=area, starts_on=TODAY, ends_on=TODAY)
    assert current_scope(user=person).has_anywhere(Right.DISPATCH_ORDERS)
    assert settle_posts(on=TODAY + timedelta(days=1), posts=Post.objects.filter(pk=post.pk)) == 1
    assert get_perms(person, area) == []


def test_future_post_gives_nothing_yet(town, person):
    tomorrow = TODAY + timedelta(days=1)
    appoint(user=person, role=Role.DISPATCHER, area=town.areas["东街"], starts_on=tomorrow)
    assert not current_scope(user=person).has_anywhere(Right.VIEW_ORDERS)
    settle_posts(on=tomorrow)
    assert read_scope(user=person).has_anywhere(Right.VIEW_ORDERS)


def test_right_held_through_a_second_post_survives_the_end_of_the_first(town, person):
    area = town.areas["东街"]
    first = appoint(user=person, role=Role.DISPATCHER, area=area, starts_on=YESTERDAY)
    appoint(user=person, role=Role.CALLBACK_CLERK, area=area, starts_on=YESTERDAY)
    end_post(post=first, ends_on=YESTERDAY)
    assert set(get_perms(person, area)) == {
        Right.VIEW_ORDERS, Right.FOLLOW_UP_ORDERS, Right.VIEW_PERSONAL,
    }  # fmt: skip


def test_one_worker_several_grids_and_several_workers_one_grid(town, person):
    for name in ("东街1社区1格", "东街1社区2格"):
        appoint(user=person, role=Role.GRID_WORKER, area=town.areas[name], starts_on=TODAY)
    scope = current_scope(user=person)
    assert len(scope.area_ids(Right.HANDLE_ORDERS)) == 2
    worker = current_scope(user=town.people["worker"])
    assert worker.area_ids(Right.HANDLE_ORDERS) < scope.area_ids(Right.HANDLE_ORDERS)


def test_rights_are_kept_in_memory_until_any_of_them_changes(
    town, person, django_assert_num_queries
):
    appoint(user=person, role=Role.DISPATCHER, area=town.areas["东街"], starts_on=TODAY)
    held = current_scope(user=person)
    with django_assert_num_queries(1):
        assert current_scope(user=person) is held
    UserObjectPermission.objects.filter(user=person).delete()
    assert current_scope(user=person).order_columns() == {}


def test_rights_of_a_change_that_was_undone_are_forgotten(town, person):
    area = town.areas["东街"]
    with transaction.atomic():
        appoint(user=person, role=Role.DISPATCHER, area=area, starts_on=TODAY)
        assert current_scope(user=person).has_anywhere(Right.VIEW_ORDERS)
        transaction.set_rollback(True)
    assert not current_scope(user=person).has_anywhere(Right.VIEW_ORDERS)
    appoint(user=person, role=Role.LEADER, area=area, starts_on=TODAY)
    assert not current_scope(user=person).has_anywhere(Right.DISPATCH_ORDERS)


def test_post_that_ends_during_a_request_gives_nothing_at_its_end(town, person):
    with one_revision():
        post = appoint(
            user=person, role=Role.DISPATCHER, area=town.areas["东街"], starts_on=YESTERDAY
        )
        Post.objects.filter(pk=post.pk).update(ends_on=YESTERDAY)
        assert current_scope(user=person).order_columns() == {}


def test_token_shows_nothing_once_the_right_is_gone(town, person, channel_api):
    appoint(user=person, role=Role.DISPATCHER, area=town.areas["东街"], starts_on=TODAY)
    number = channel_api("hotline", town.call()).json()["number"]
    client = Client(headers={"authorization": f"Token {AuthToken.objects.create(person)[1]}"})
    url = f"/api/v1/orders/{number}/"
    assert client.get(url).status_code == 200
    UserObjectPermission.objects.filter(user=person).delete()
    assert client.get(url).status_code == 404


def test_inactive_person_has_no_scope(town):
    worker = town.people["worker"]
    worker.is_active = False
    assert current_scope(user=worker).order_columns() == {}


@pytest.mark.parametrize(
    ("role", "field"), [(Role.DISPATCHER, "area"), (Role.HANDLER, "department")]
)
def test_post_without_its_place_is_refused(person, role, field):
    with pytest.raises(InvalidError) as refusal:
        appoint(user=person, role=role, starts_on=date(2026, 1, 1))
    assert list(refusal.value.fields) == [field]
