"""The calendar: filled from the official lists, and a missing year cannot be overlooked."""

from datetime import date, datetime, time
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from governance.checks import check_calendar
from grids.services import appoint
from tests.workorders.legal_time import SHANGHAI
from workorders.models import CalendarDay
from workorders.selectors import missing_years, official_year
from workorders.services import change_calendar
from workorders.services.calendar import UnpublishedYearError, enter_official_year

WARNING = "data-missing-years"
OFFICIAL = "admin:workorders_calendarday_official"


@pytest.fixture
def administrator(town, client):
    user = User.objects.create(username="administrator", name="演示管理员", password="!")
    department = town.departments["区中心"]
    appoint(user=user, role=Role.ADMINISTRATOR, starts_on=date(2026, 1, 1), department=department)
    client.force_login(user)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def today():
    """Let it be noon of another day."""
    with time_machine.travel(datetime(2026, 9, 30, tzinfo=SHANGHAI), tick=False) as clock:
        yield lambda day: clock.move_to(datetime.combine(day, time(12), SHANGHAI))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entered", "on", "missing"),
    [
        ([], date(2026, 3, 1), [2026]),
        ([2026], date(2026, 3, 1), []),
        ([2026], date(2026, 9, 30), []),
        ([2026], date(2026, 10, 1), [2027]),
        ([2026, 2027], date(2026, 12, 31), []),
        ([2026], date(2027, 1, 1), [2027]),
        ([], date(2026, 11, 22), [2026, 2027]),
    ],
)
def test_next_year_is_missed_from_october_on(entered, on, missing):
    change_calendar(days=[(date(year, 1, 1), False, "元旦") for year in entered])
    assert missing_years(on=on) == missing


@pytest.mark.django_db
def test_official_year_is_entered_once_and_corrections_are_named():
    assert enter_official_year(year=2026) == 39
    assert enter_official_year(year=2026) == 0
    change_calendar(days=[(date(2026, 10, 10), False, "演示"), (date(2026, 11, 2), False, "演示")])
    official = official_year(year=2026)
    assert official.changes == [(date(2026, 10, 10), (False, "演示"), (True, "国庆节"))]
    assert official.own_days == [date(2026, 11, 2)]
    assert enter_official_year(year=2026) == 1
    assert CalendarDay.objects.get(day=date(2026, 11, 2)).is_working is False


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2100, 0, -1, 99999])
def test_year_without_official_list_is_refused(year):
    with pytest.raises(UnpublishedYearError):
        enter_official_year(year=year)
    with pytest.raises(CommandError, match=f"尚未收录 {year} 年"):
        call_command("load_calendar", "2026", str(year), stdout=StringIO())
    assert CalendarDay.objects.count() == 0


def test_every_page_of_the_admin_warns_of_a_missing_year(administrator, client, today):
    pages = ["admin:index", "admin:workorders_timelimit_changelist", "admin:grids_post_add"]
    today(date(2026, 9, 30))
    assert [WARNING in client.get(reverse(page)).content.decode() for page in pages] == [False] * 3
    today(date(2026, 10, 1))
    for page in pages:
        text = client.get(reverse(page)).content.decode()
        assert "2027年的节假日与调休尚未录入" in text
        assert reverse(OFFICIAL) in text
    change_calendar(days=[(date(2027, 1, 1), False, "元旦")])
    assert WARNING not in client.get(reverse("admin:index")).content.decode()


def test_warning_is_for_those_who_see_the_calendar(administrator, client, today):
    today(date(2026, 10, 1))
    rights = Permission.objects.filter(content_type__model="calendarday")
    administrator.groups.get().permissions.remove(*rights)
    assert WARNING not in client.get(reverse("admin:index")).content.decode()
    assert client.get(reverse(OFFICIAL)).status_code == 403


def test_check_warns_and_survives_an_empty_database(db, today):
    change_calendar(days=[(date(2026, 1, 1), False, "元旦")])
    today(date(2026, 9, 30))
    asked = {"databases": ["default"]}
    assert check_calendar(**asked) == []
    today(date(2026, 10, 1))
    assert [(message.id, message.hint) for message in check_calendar(**asked)] == [
        ("yiwang.W016", "Run: manage.py load_calendar 2027, or enter them in the admin.")
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workorders_calendarday RENAME TO elsewhere")
    assert check_calendar(**asked) == []


def test_commands_that_ask_for_no_database_are_not_warned(db, today):
    today(date(2026, 10, 1))
    assert check_calendar() == []


def test_administrator_enters_an_official_year(administrator, client, today):
    today(date(2026, 11, 22))
    page = client.get(reverse(OFFICIAL))
    changes = {year.year: len(year.changes) for year in page.context_data["years"]}
    assert changes == {2027: 0, 2026: 38, 2025: 33}
    assert "尚未收录这一年" in page.content.decode()
    answer = client.post(reverse(OFFICIAL), {"year": "2026"}, follow=True)
    assert "已载入 2026 年：写入 38 天。" in answer.content.decode()
    assert CalendarDay.objects.filter(day__year=2026).count() == 39
    again = client.get(reverse(OFFICIAL)).context_data["years"]
    assert [len(year.changes) for year in again] == [0, 0, 33]


@pytest.mark.parametrize("year", ["", "x", "2027", "1900", "2024"])
def test_other_years_are_refused_in_words(administrator, client, today, year):
    today(date(2026, 11, 22))
    answer = client.post(reverse(OFFICIAL), {"year": year}, follow=True)
    assert answer.status_code == 200
    assert "尚未收录" in answer.content.decode()
    assert CalendarDay.objects.count() == 1
