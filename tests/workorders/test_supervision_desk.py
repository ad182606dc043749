"""The desk of those who watch: each figure equals its rows, within one's scope."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from workorders.enums import Action
from workorders.models import SupervisionLetter, WorkOrder
from workorders.selectors.supervision import COLUMNS, NOBODY

URL = "/console/supervision/"


@pytest.fixture
def orders(people):
    """Four orders in the east: late with a signer, late unsigned, returned, with a letter."""
    signed, sent, returned, asked = (people.begin("S-1"), people.call("S-2"), people.call("S-3"),
                                     people.begin("S-4"))  # fmt: skip
    people.send(sent, "水务局")
    now = timezone.now()
    late = WorkOrder.objects.filter(pk__in=(signed.pk, sent.pk))
    late.update(due_at=now - timedelta(hours=3))
    others = WorkOrder.objects.exclude(pk__in=(signed.pk, sent.pk))
    others.update(due_at=now + timedelta(days=9))
    WorkOrder.objects.filter(pk=returned.pk).update(return_count=2, reopen_count=1)
    SupervisionLetter.objects.create(order=asked, level=1, text="请办", issued_at=now)
    return signed, sent, returned, asked


def desk_of(client):
    return client.get(URL).context["desk"]


def figures(line):
    return {key: count for key, count in line.cells if count}


def test_figures_by_holder_and_person(desk, orders):
    found = desk_of(desk("supervisor"))
    assert figures(found.total) == {"late": 2, "returned": 1, "reopened": 1, "unanswered": 1}
    assert [(line.name, figures(line)) for line in found.holders] == [
        ("城管局", {"late": 1, "unanswered": 1}),
        ("水务局", {"late": 1}),
        ("（未派发）", {"returned": 1, "reopened": 1}),
    ]
    assert [(line.name, figures(line)) for line in found.people] == [
        ("handler", {"late": 1, "unanswered": 1})
    ]


def test_each_figure_leads_to_its_rows(desk, orders):
    supervisor = desk("supervisor")
    found = desk_of(supervisor)
    lines = [(line, "department") for line in found.holders]
    assert NOBODY in [line.name for line, _ in lines]
    for line, name in [*lines, *((line, "signer") for line in found.people)]:
        for key in COLUMNS:
            address = f"/console/queue/?view={key}&{name}={line.code}"
            rows = supervisor.get(address).context["queue"].rows
            assert len(rows) == line.counts.get(key, 0), address
    for key in COLUMNS:
        rows = supervisor.get(f"/console/queue/?view={key}").context["queue"].rows
        assert len(rows) == found.total.counts.get(key, 0)


def test_who_signed_before_it_was_sent_on_has_it_no_more(desk, orders, people):
    people.act("handler", orders[0], Action.SEND_BACK, reason="不属本单位")
    WorkOrder.objects.filter(pk=orders[0].pk).update(due_at=timezone.now() - timedelta(hours=1))
    lines = {line.name: figures(line) for line in desk_of(desk("supervisor")).people}
    assert lines == {"handler": {"unanswered": 1}}


@pytest.mark.parametrize(
    ("person", "counts"),
    [
        ("dispatcher", {"late": 2, "returned": 1, "reopened": 1, "unanswered": 1}),
        ("east", {"late": 2, "returned": 1, "reopened": 1, "unanswered": 1}),
        ("west", {}),
        ("handler", {"late": 1, "unanswered": 1}),
        ("other-handler", {"late": 1}),
    ],
)
def test_everybody_counts_their_own_scope(desk, orders, person, counts):
    client = desk(person)
    answer = client.get(URL)
    assert figures(answer.context["desk"].total) == counts
    assert len(answer.context["worst"]) == counts.get("late", 0)
    for key in COLUMNS:
        rows = client.get(f"/console/queue/?view={key}").context["queue"].rows
        assert len(rows) == counts.get(key, 0), key


@pytest.mark.parametrize("person", ["worker", "clerk", "reporter"])
def test_who_has_nothing_to_watch_has_no_desk(desk, orders, person):
    assert desk(person).get(URL).status_code == 404


def test_strangers_are_sent_to_sign_in(orders):
    assert Client().get(URL).status_code == 302


def test_filter_by_signer_takes_rubbish(desk, orders):
    for value in ("no-such", "%00", "x" * 300, "'--"):
        answer = desk("supervisor").get(f"/console/queue/?view=open&signer={value}")
        assert (answer.status_code, answer.context["queue"].rows) == (200, [])
