"""Who may report, read and decide: each door for each person, and the admin."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from guardian.models import UserObjectPermission
from rest_framework.test import APIClient

from accounts.models import User
from dashboards.enums import Source
from dashboards.models import ReportedValue
from tests.reports import DISTRICT, EAST, NOON, URL, kept, report, reported_indicator, row


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def dust(town):
    return reported_indicator(town)


@pytest.fixture
def reporter(api, dust):
    return api("reporter")


# Who may do what with the indicator of the department 城管局.
PEOPLE = (
    "dispatcher", "east", "west", "handler", "other-handler", "worker", "west-worker", "clerk",
    "supervisor", "leader", "reporter", "other-reporter",
)  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
def test_each_door_is_for_those_who_may(town, api, dust, person):
    report(api("reporter"), row(9999))
    pk = ReportedValue.objects.get().pk
    client = api(person)
    doors = [
        client.post(URL, {"values": [row(50, 1)]}, format="json"),
        client.get(URL),
        client.post(f"{URL}{pk}/reject/"),
        client.post(f"{URL}{pk}/accept/"),
    ]
    wanted = {"reporter": [200, 200, 200, 409], "leader": [404, 200, 404, 404]}
    assert [door.status_code for door in doors] == wanted.get(person, [404] * 4)


@pytest.mark.parametrize("person", ["other-reporter", "handler", "west"])
def test_outsider_cannot_tell_hidden_from_unknown(api, dust, person):
    client = api(person)
    for method, query in (("post", {"values": [row()]}), ("post", {}), ("get", None)):
        answers = [
            getattr(client, method)(url, query, format="json")
            for url in (URL, "/api/v1/indicators/none/values/")
        ]
        hidden, unknown = ((answer.status_code, answer.data) for answer in answers)
        assert hidden == unknown
        assert hidden[0] == 404


def test_stranger_is_asked_to_sign_in(dust):
    client = APIClient()
    for answer in (client.post(URL, {}), client.get(URL), client.post(f"{URL}1/accept/")):
        assert (answer.status_code, answer.data["code"]) == (401, "not_authenticated")


def test_leader_of_a_street_reads_its_street_only(town, api, dust):
    report(api("reporter"), row(50), row(60, area=EAST))
    client = api("leader")
    assert [line["value"] for line in client.get(URL).data["results"]] == [60, 50]
    town.people["leader"].posts.update(area=town.areas["东街"])
    UserObjectPermission.objects.filter(user=town.people["leader"]).update(
        object_pk=str(town.areas["东街"].pk)
    )
    assert [line["value"] for line in client.get(URL).data["results"]] == [60]
    assert client.get(URL, {"area": DISTRICT}).status_code == 404


@pytest.mark.parametrize("source", [Source.CUBE, Source.GRID, Source.FORMULA])
def test_computed_indicator_is_not_reported(town, api, source):
    reported_indicator(town, source=source, formula='count("open")')
    answer = api("reporter").post(URL, {"values": [row()]}, format="json")
    assert (answer.status_code, answer.data["code"]) == (409, "not_reported")
    assert api("other-reporter").post(URL, {}, format="json").status_code == 404


@pytest.mark.parametrize("traits", [{"is_active": False}, {"owner": None}])
def test_retired_or_ownerless_indicator_is_not_found(town, api, traits):
    reported_indicator(town, **traits)
    assert api("reporter").post(URL, {"values": [row()]}, format="json").status_code == 404


def test_right_ends_with_the_post(town, api, dust, noon):
    town.people["reporter"].posts.update(ends_on=NOON.date())
    report(api("reporter"), row(50))
    noon.shift(timedelta(days=1))
    assert api("reporter").get(URL).status_code == 404


class TestAdmin:
    LIST = "/admin/dashboards/reportedvalue/"

    @pytest.fixture
    def page(self, town):
        boss = User.objects.create_superuser("boss", password="town-pass-2026", name="管理员")
        client = Client()
        client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_list_is_filtered_and_shows_the_doubt(self, page, reporter):
        report(reporter, row(50), row(9999, 1))
        text = page.get(self.LIST, {"status__exact": "quarantined"}).content.decode()
        assert ("9999 µg/m³" in text, "50 µg/m³" in text) == (True, False)
        assert "高于合理上限 2000µg/m³" in text

    @pytest.mark.parametrize(
        ("action", "status"), [("accept_values", "accepted"), ("reject_values", "rejected")]
    )
    def test_actions_decide_on_what_waits(self, page, reporter, action, status):
        report(reporter, row(50), row(9999, 1))
        pks = list(ReportedValue.objects.values_list("pk", flat=True))
        answer = page.post(self.LIST, {"action": action, "_selected_action": pks}, follow=True)
        assert "已核定 1 条，1 条不在待核之列。" in answer.content.decode()
        assert kept() == [(9999, status), (50, "accepted")]

    def test_values_are_not_edited(self, page, reporter):
        report(reporter, row(50))
        pk = ReportedValue.objects.get().pk
        assert page.post(f"{self.LIST}{pk}/change/", {"value": "5"}).status_code == 403
