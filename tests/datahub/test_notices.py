"""What people are told of departments' data: each what concerns them, as long as it does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from datahub.enums import FetchState
from datahub.models import Fetch, Finding, OverdueReminder, Resource, SharingRequest, Source
from datahub.services import (
    approve_sharing,
    ask_sharing,
    current_reader,
    dismiss_finding,
    run_cross_check,
)
from tests.datahub.checks import add_table, both, fill
from tests.datahub.sources import allow, save
from tests.town import EAST_POINT

API = "/api/v1/catalogue/notices/"


def told(api, name):
    return [one["kind"] for one in api(name).get(API).data["results"]]


@pytest.fixture
def asked(hub, people):
    asker = people["dispatcher"]
    return ask_sharing(
        resource=hub.people, reader=current_reader(user=asker), by=asker, purpose="核对",
        is_personal=True, ends_on=timezone.localdate() + timedelta(days=3), at=timezone.now(),
    )  # fmt: skip


def approve(request, by):
    return approve_sharing(
        request=request, reader=current_reader(user=by), by=by, answer="同意",
        granted_until=request.ends_on, at=timezone.now(),
    )  # fmt: skip


def test_request_waits_for_its_owner_and_its_decision_reaches_the_asker(asked, api, people):
    waiting = "共享申请：待您审批"
    assert (waiting in told(api, "handler"), waiting in told(api, "dispatcher")) == (True, False)
    approve(asked, people["handler"])
    assert told(api, "handler") == []
    assert told(api, "dispatcher") == ["共享申请：已授权"]
    long_ago = timezone.now() - timedelta(days=31)
    SharingRequest.objects.update(decided_at=long_ago)
    assert told(api, "dispatcher") == []


def test_overdue_data_reaches_whom_the_rung_names(hub, api, people):
    due_at = timezone.now() - timedelta(days=1)
    Resource.objects.filter(pk=hub.people.pk).update(due_at=due_at)
    OverdueReminder.objects.create(
        resource=hub.people, due_at=due_at, share=100, reach="loaders", at=due_at
    )
    assert told(api, "reporter") == ["催报：已逾期"]
    assert told(api, "other-reporter") == []
    Resource.objects.filter(pk=hub.people.pk).update(due_at=timezone.now() + timedelta(days=9))
    assert told(api, "reporter") == []  # new data has come


def test_findings_are_told_once_for_each_check(town, people, api):
    where = (EAST_POINT["lon"], EAST_POINT["lat"])
    tables = [add_table(f"t{n}", town.departments["城管局"]) for n in (1, 2)]
    for table in tables:
        fill(table, [{"no": n, "title": "演示店", "place": where} for n in ("S1", "S2")])
    check = both("fire", (tables[0], {"place_column": "place"}), (tables[1], {}))
    run_cross_check(check=check, at=timezone.now())
    (one,) = api("east").get(API).data["results"]
    assert (one["kind"], one["detail"]) == ("数据比对：有疑点", "近 30 天 2 个疑点待处理")
    assert one["path"] == reverse("datahub:check", args=["fire"])
    assert told(api, "west") == []
    reader = current_reader(user=people["handler"])
    for finding in Finding.objects.all():
        dismiss_finding(
            finding=finding, reason="已核对", reader=reader, by=people["handler"],
            at=timezone.now(),
        )  # fmt: skip
    assert told(api, "east") == []


def test_failing_fetch_reaches_the_loaders(hub, people, api):
    allow("https://data.example:443")
    source = save(hub.people, people["reporter"], "https://data.example/a.csv")
    at = timezone.now()
    Fetch.objects.create(
        uuid="1" * 32, source=source, started_at=at, state=FetchState.FAILED, detail="断了"
    )
    Source.objects.update(attempts=1)
    assert told(api, "reporter") == ["自动抓取：没有取到"]
    assert (told(api, "other-reporter"), told(api, "dispatcher")) == ([], [])
    Source.objects.update(attempts=0)
    assert told(api, "reporter") == []


def test_pages_show_the_same(asked, client, people):
    client.force_login(people["handler"])
    path = reverse("datahub:notices")
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(path, headers=headers).content.decode()
        assert ("待您审批" in page, "<html" in page) == (True, not headers)
    client.force_login(people["other-handler"])
    assert "待您审批" not in client.get(path).content.decode()
    client.force_login(people["nobody"])
    assert "没有数据提醒" in client.get(path).content.decode()


def test_notices_cost_the_same_for_one_and_many(asked, people, api, query_count, hub):
    caller = api("handler")
    caller.get(API)  # what is kept in memory
    once = query_count(lambda: caller.get(API))
    for name in ("east", "west"):
        by = people[name]
        ask_sharing(
            resource=hub.people, reader=current_reader(user=by), by=by, purpose="核对",
            is_personal=False, ends_on=timezone.localdate() + timedelta(days=3),
            at=timezone.now(),
        )  # fmt: skip
    assert query_count(lambda: caller.get(API)) == once
