"""Quality of real loads, reminders of what is due, and who is shown which figures."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from datahub.enums import Dimension as D
from datahub.enums import LoadMode as M
from datahub.enums import Reach, RuleKind, Sharing
from datahub.models import OverdueReminder, OverdueRung, QualityRule, Resource
from datahub.selectors.quality import reminders_for, scores_of_load, standing_of
from datahub.services import (
    current_reader,
    remind_overdue,
    settle_due,
    settle_reminders,
    undo_load,
)
from datahub.states import read_measures
from tests.datahub.catalogue import add_resource
from tests.datahub.loading import AT, as_csv, load, person

DUE = datetime(2026, 4, 2, 16, 0, tzinfo=UTC)  # a month after AT, to the end of that day


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture(autouse=True)
def rungs(db):
    """The rungs of the migration, also after a test that has emptied every table."""
    for share, reach in ((80, "loaders"), (100, "loaders"), (150, "owners")):
        OverdueRung.objects.get_or_create(share=share, defaults={"reach": reach})
    OverdueRung.objects.get_or_create(share=200, defaults={"reach": "administrators"})


def measures_of(owner):
    found = read_measures(owner.measures)
    return {(one.dimension, one.about): (one.checked, one.failed) for one in found}


def scores_of(owner):
    return {one.dimension: round(one.score, 2) for one in scores_of_load(owner)}


def test_load_is_measured_with_its_reasons(hub, people):
    rows = [person(n) for n in range(1, 20)]
    rows[0]["性别"], rows[1]["手机号"], rows[2]["姓名"] = "", "123", ""
    rows.append(dict(rows[5]))
    done = load(hub.people, people["reporter"], as_csv(rows))
    assert (done.rows_read, done.rows_loaded, done.rows_bad, done.rows_same) == (20, 17, 2, 1)
    found = measures_of(done)
    assert found[D.VALIDITY, "有不合规则之处的行"] == (20, 2)
    assert found[D.VALIDITY, "手机号 不是 11 位手机号"] == (20, 1)
    assert found[D.UNIQUENESS, "主键重复的行"] == (20, 1)
    assert found[D.COMPLETENESS, "性别为空"] == (17, 1)
    assert found[D.COMPLETENESS, "姓名为空"] == (18, 1)
    assert found[D.COMPLETENESS, "手机号为空"] == (17, 0)
    assert found[D.TIMELINESS, "晚于更新周期"][1] == 0
    # Required columns count twice: (2 × 100 + 2 × 94.44 + 94.12 + 100 + 100) / 7.
    assert scores_of(done) == {
        D.COMPLETENESS: 97.57, D.VALIDITY: 90, D.UNIQUENESS: 95, D.TIMELINESS: 100,
    }  # fmt: skip


def test_resource_is_the_sum_of_the_loads_that_stand(hub, people):
    reporter = people["reporter"]
    load(hub.people, reporter, as_csv([person(1), person(1, 姓名="又名")]), mode=M.APPEND)
    load(hub.people, reporter, as_csv([person(n) for n in range(2, 6)]))
    load(hub.people, reporter, as_csv([person(9), person(8, 性别="")]), mode=M.APPEND)
    hub.people.refresh_from_db()
    found = measures_of(hub.people)
    assert found[D.COMPLETENESS, "性别为空"] == (6, 1)
    assert found[D.UNIQUENESS, "主键重复的行"] == (6, 0)
    assert {one.dimension for one in read_measures(hub.people.measures)} == {
        D.COMPLETENESS, D.VALIDITY, D.UNIQUENESS,
    }  # fmt: skip
    undo_load(load=hub.people.loads.latest("id"), by=reporter, at=AT)
    hub.people.refresh_from_db()
    assert measures_of(hub.people)[D.COMPLETENESS, "性别为空"] == (4, 0)


def test_refused_load_is_measured_and_leaves_the_resource(hub, people):
    load(hub.people, people["reporter"], as_csv([person(1)]))
    hub.people.refresh_from_db()
    before = hub.people.measures
    refused = load(hub.people, people["reporter"], as_csv([person(1), person(2, 姓名="")]))
    hub.people.refresh_from_db()
    assert (refused.state, scores_of(refused)[D.VALIDITY]) == ("refused", 50)
    assert hub.people.measures == before


def add_rule(resource, kind, column, **more):
    return QualityRule.objects.create(resource=resource, kind=kind, column=column, **more)


@pytest.mark.parametrize(
    ("kind", "column", "more", "measure"),
    [
        (RuleKind.FILLED, "mobile", {}, (D.COMPLETENESS, "手机号为空", 3, 1)),
        (RuleKind.UNIQUE, "mobile", {}, (D.UNIQUENESS, "手机号重复", 2, 2)),
        (
            RuleKind.ORDERED, "born_on", {"other_column": "born_on"},
            (D.VALIDITY, "出生日期大于 born_on", 3, 0),
        ),
        (
            RuleKind.RECENT, "born_on", {"days": 30},
            (D.TIMELINESS, "出生日期最新的早于 30 天前", 3, 3),
        ),
        (
            RuleKind.RECENT, "born_on", {"days": 30000},
            (D.TIMELINESS, "出生日期最新的早于 30000 天前", 3, 0),
        ),
    ],
)  # fmt: skip
def test_rule_of_quality(hub, people, kind, column, more, measure):
    rule = add_rule(hub.people, kind, column, **more)
    done = load(
        hub.people, people["reporter"], as_csv([person(1), person(2), person(3, 手机号="")])
    )
    found = [one for one in read_measures(done.measures) if one.rule == rule.pk]
    assert [(one.dimension, one.about, one.checked, one.failed) for one in found] == [measure]


def test_consistency_between_two_resources(hub, people):
    rule = add_rule(
        hub.people, RuleKind.REFERS, "id_no", other_resource=hub.files, other_column="id_no"
    )
    empty = load(hub.people, people["reporter"], as_csv([person(1)]))
    assert D.CONSISTENCY not in scores_of(empty)
    load(hub.files, people["reporter"], as_csv([person(1), person(2), person(7)]))
    done = load(hub.people, people["reporter"], as_csv([person(n) for n in (1, 2, 3, 4)]))
    assert measures_of(done)[D.CONSISTENCY, "身份证号在社区矫正档案中没有"] == (4, 2)
    rule.other_column = "gone"
    rule.save()
    assert D.CONSISTENCY not in scores_of(load(hub.people, people["reporter"], as_csv([person(1)])))


def test_due_date_follows_data_undo_and_frequency(hub, people):
    first = hub.people.due_at
    load(hub.people, people["reporter"], as_csv([person(1)]))
    hub.people.refresh_from_db()
    assert (hub.people.counted_from, hub.people.due_at) == (AT, DUE)
    undo_load(load=hub.people.loads.get(), by=people["reporter"], at=AT)
    hub.people.refresh_from_db()
    assert (hub.people.loaded_at, hub.people.due_at) == (None, first)
    hub.people.frequency = "irregular"
    settle_due(resource=hub.people)
    assert (hub.people.due_at, hub.people.remind_at) == (None, None)


@pytest.fixture
def owed(hub, people):
    """Residents that were due on 2 April; nothing else is owed."""
    Resource.objects.exclude(pk=hub.people.pk).update(remind_at=None)
    load(hub.people, people["reporter"], as_csv([person(1)]))
    return Resource.objects.get(pk=hub.people.pk)


def reminded(resource):
    return list(OverdueReminder.objects.filter(resource=resource).order_by("id")
                .values_list("share", "reach"))  # fmt: skip


def test_rungs_are_reached_once_each(owed):
    period = DUE - AT
    assert remind_overdue(at=AT + period * 0.79) == 0
    assert remind_overdue(at=AT + period * 0.8) == 1
    assert remind_overdue(at=AT + period * 0.8) == 0
    assert remind_overdue(at=DUE + period) == 3
    assert remind_overdue(at=DUE + period * 9) == 0
    assert reminded(owed) == [
        (80, Reach.LOADERS), (100, Reach.LOADERS), (150, Reach.OWNERS),
        (200, Reach.ADMINISTRATORS),
    ]  # fmt: skip


def seen_by(people):
    return {
        name
        for name, user in people.items()
        if reminders_for(reader=current_reader(user=User.objects.get(pk=user.pk)))
    }


def test_each_rung_reaches_whom_it_names(owed, people):
    period, seen = DUE - AT, []
    for share in (0.8, 1, 1.5, 2):
        remind_overdue(at=AT + period * share)
        seen.append(seen_by(people))
    assert seen == [
        {"reporter"}, {"reporter"}, {"reporter", "handler"},
        {"reporter", "handler", "administrator", "root"},
    ]  # fmt: skip


def test_new_data_ends_the_reminders(owed, people, api):
    remind_overdue(at=DUE)
    rows = api("reporter").get("/api/v1/catalogue/reminders/").data["results"]
    assert [(row["resource"], row["share"]) for row in rows] == [("people", 100)]
    assert api("other-handler").get("/api/v1/catalogue/reminders/").data["results"] == []
    load(owed, people["reporter"], as_csv([person(2)]), mode=M.APPEND)
    # The same day again: the same due date, and what was reminded of stays said.
    assert remind_overdue(at=DUE) == 0
    Resource.objects.filter(pk=owed.pk).update(loaded_at=AT + timedelta(days=5))
    settle_due(resource=Resource.objects.get(pk=owed.pk))
    assert api("reporter").get("/api/v1/catalogue/reminders/").data["results"] == []


def test_changed_rungs_hold_for_what_is_owed(owed):
    OverdueRung.objects.all().delete()
    OverdueRung.objects.create(share=110, reach=Reach.OWNERS)
    settle_reminders()
    remind_overdue(at=DUE)
    assert reminded(owed) == []
    remind_overdue(at=DUE + (DUE - AT) * 0.11)
    assert reminded(owed) == [(110, Reach.OWNERS)]


KNOWS = {
    "dispatcher": {"shops", "people"}, "handler": {"shops", "people", "files"},
    "other-handler": {"shops", "people"}, "administrator": {"shops", "people", "files"},
    "nobody": set(), "granted": {"shops", "people", "files"},
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWS)
def test_figures_count_what_one_may_know_of(hub, people, api, client, name):
    machine = api(name)
    rows = machine.get("/api/v1/catalogue/quality/resources/").data["results"]
    assert {row["resource"] for row in rows} == KNOWS[name]
    boards = machine.get("/api/v1/catalogue/quality/").data["results"]
    assert sum(board["owed"] for board in boards) == len(KNOWS[name])
    status = machine.get("/api/v1/resources/files/quality/").status_code
    assert status == (200 if "files" in KNOWS[name] else 404)
    client.force_login(people[name])
    for url in (reverse("datahub:quality"), reverse("datahub:quality-all")):
        text = client.get(url).content.decode()
        assert ("社区矫正档案" in text) == ("files" in KNOWS[name])
    page = client.get(reverse("datahub:quality-of", args=["D-CG"]))
    assert page.status_code in (200, 404)


def test_strangers_and_bad_questions(hub, client, api):
    assert client.get("/hub/quality/").status_code == 302
    assert client.get("/api/v1/catalogue/quality/").status_code == 401
    answer = api("handler").get("/api/v1/catalogue/quality/resources/", {"freshness": "x"})
    assert (answer.status_code, set(answer.data["fields"])) == (400, {"freshness"})
    empty = api("handler").get("/api/v1/catalogue/quality/resources/", {"department": "\x00"})
    assert (empty.status_code, len(empty.data["results"])) == (200, 3)


@pytest.mark.parametrize("code", ["%00", "x%00", "none", "%FF"])
def test_odd_department_is_no_fault(hub, people, client, code):
    client.force_login(people["handler"])
    assert client.get(f"/hub/quality/of/{code}/").status_code == 404
    assert client.get("/hub/quality/resources/", {"freshness": "\x00"}).status_code == 400
    assert client.get("/hub/requests/", {"cursor": "x"}).status_code == 400


def test_board_costs_the_same_for_many(hub, people, town, client, query_count):
    client.force_login(people["handler"])
    client.get("/hub/quality/")
    few = query_count(lambda: client.get("/hub/quality/"))
    for number in range(4):
        add_resource(f"x{number}", f"资源{number}", town.departments["城管局"], Sharing.WITHHELD)
    Resource.objects.filter(schema=None).update(rows=1)
    assert query_count(lambda: client.get("/hub/quality/")) == few


def test_standing_of_what_never_came(hub):
    standing = standing_of(hub.people, at=timezone.now())
    assert (standing.freshness.value, standing.score) == ("nodata", None)


def test_codes_of_pages_are_no_codes_of_resources(hub, people, client):
    client.force_login(people["root"])
    form = {
        "code": "quality", "name": "x", "department": hub.people.department_id,
        "frequency": "daily", "sharing": "unconditional", "table_schema": "{}",
    }  # fmt: skip
    answer = client.post("/admin/datahub/resource/add/", form)
    assert (answer.status_code, Resource.objects.filter(code="quality").exists()) == (200, False)


def test_rule_names_columns_that_are_there(hub, people, client):
    client.force_login(people["root"])
    form = {"resource": hub.people.pk, "kind": "filled", "column": "nothing", "weight": 1}
    answer = client.post("/admin/datahub/qualityrule/add/", form)
    assert "没有列 nothing" in answer.content.decode()
    client.post("/admin/datahub/qualityrule/add/", {**form, "column": "mobile"})
    assert QualityRule.objects.get().column == "mobile"


def test_rung_in_the_admin_settles_reminders(hub, people, client):
    client.force_login(people["root"])
    before = Resource.objects.get(pk=hub.people.pk).remind_at
    client.post("/admin/datahub/overduerung/add/", {"share": 50, "reach": "owners"})
    assert Resource.objects.get(pk=hub.people.pk).remind_at < before


def test_no_table_is_left_behind(hub, people):
    load(hub.people, people["reporter"], as_csv([person(1)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'datahub'::regnamespace"
                       " AND relkind = 'r' AND relname ~ '^[snp][0-9]'")  # fmt: skip
        assert cursor.fetchone() == (0,)
