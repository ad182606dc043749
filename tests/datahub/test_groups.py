"""Groups through page and API: who is told what, and what goes on record."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.enums import AccessKind
from accounts.models import AccessLog
from governance.checks import check_settings
from tests.datahub.loading import as_csv, load, person
from tests.datahub.test_bad_loads import SHOP, shop
from tests.datahub.test_rows import READS, REVEALS, status_of

CODES = ("shops", "people", "files")


@pytest.fixture
def rows(hub, people, settings, tmp_path):
    """Eleven residents, three of them men, two of no gender, as many files, and a shop."""
    settings.MEDIA_ROOT = str(tmp_path)
    genders = "111222222  "
    residents = [
        person(n, 姓名=f"演示人{n}", 性别=gender.strip()) for n, gender in enumerate(genders, 1)
    ]
    load(hub.people, people["reporter"], as_csv(residents))
    load(hub.files, people["reporter"], as_csv(residents))
    load(hub.shops, people["root"], as_csv([shop()], head=SHOP, quoting=1))
    return hub


def url_of(code, act=""):
    return f"/api/v1/resources/{code}/groups/{act}"


@pytest.mark.parametrize("person", READS)
def test_every_way_to_groups_keeps_to_the_rule_of_rows(rows, people, api, client, person):
    machine = api(person)
    client.force_login(people[person])
    for code in CODES:
        wanted = status_of(person, code, READS)
        page = client.get(reverse("datahub:groups", args=[code]), {"by": ""})
        listed, sheet = machine.get(url_of(code)), machine.get(url_of(code, "export/"))
        answers = (listed.status_code, sheet.status_code, page.status_code)
        assert answers == (wanted,) * 3, code
        if wanted == 200:
            assert [one["rows"] for one in listed.data["results"]] == [1 if code == "shops" else 11]
        revealed = machine.post(url_of(code, "reveal/"), {"purpose": "核对", "by": "name"})
        assert revealed.status_code == status_of(person, code, REVEALS), code
        found = [one for one in ("演示人1", "演示人2") if one in revealed.content.decode()]
        assert bool(found) == (revealed.status_code == 200 and code != "shops")


def test_strangers_are_sent_away(rows, client):
    assert client.get(url_of("shops")).status_code == 401
    assert client.get("/hub/shops/groups/").status_code == 302


def test_small_groups_of_people_are_left_out_unless_on_record(rows, api, people):
    machine, asked = api("handler"), {"by": "gender", "figures": "filled:name"}
    listed = machine.get(url_of("people"), asked).json()
    assert (listed["results"], listed["left_out"], listed["k"]) == (
        [{"keys": ["2"], "rows": 6, "figures": [6]}], 2, 5,
    )  # fmt: skip
    assert AccessLog.objects.filter(kind=AccessKind.PERSONAL_VIEWED).count() == 0
    revealed = machine.post(url_of("people", "reveal/"), {**asked, "purpose": "核对"}).json()
    assert [(one["keys"], one["rows"]) for one in revealed["results"]] == [
        (["1"], 3), (["2"], 6), ([None], 2),
    ]  # fmt: skip
    logged = AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED)
    assert (logged.user, logged.subject, logged.purpose) == (
        people["handler"], "resource people", "核对（统计 3 组：name）",
    )  # fmt: skip


def test_a_small_group_is_not_told_by_a_total_less_the_others(rows, api):
    """Of two groups the large one would tell the small one, since their total is told."""
    machine, within = api("handler"), {"gender__gte": "1"}
    assert machine.get(url_of("people"), within).data["results"][0]["rows"] == 9
    found = machine.get(url_of("people"), {**within, "by": "gender"}).data
    assert (found["results"], found["left_out"]) == ([], 2)


def test_a_total_of_few_people_is_left_out_too(rows, api):
    found = api("handler").get(url_of("people"), {"gender": "1"}).data
    assert (found["results"], found["left_out"]) == ([], 1)
    nobody = api("handler").get(url_of("people"), {"gender": "1", "born_on": "1991-01-01"}).data
    assert (nobody["results"][0]["rows"], nobody["left_out"]) == (0, 0)


def test_groups_without_people_are_told_whole(rows, api):
    asked = {"by": "licensed_at:month,grade", "figures": "sum:capital,quantile:staff:0.5"}
    found = api("dispatcher").get(url_of("shops"), asked).json()
    assert found == {
        "by": [
            {"name": "licensed_at:month", "label": "发证时间（月）", "unit": ""},
            {"name": "grade", "label": "等级", "unit": ""},
        ],
        "figures": [
            {"name": "sum:capital", "label": "注册资本 · 合计", "unit": "万元"},
            {"name": "quantile:staff:0.5", "label": "从业人数 · 分位数 0.5", "unit": "人"},
        ],
        "results": [{"keys": ["2026-03", "A"], "rows": 1, "figures": ["1.5", 3]}],
        "left_out": 0,
        "k": 0,
    }


def test_sheet_has_the_same_groups_and_is_on_record(rows, api, people):
    answer = api("handler").get(url_of("people", "export/"), {"by": "gender"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["性别", "行数"], ["2", "6"]]
    logged = AccessLog.objects.get(kind=AccessKind.EXPORTED)
    assert (logged.user, logged.purpose) == (people["handler"], "导出统计")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "other"}, "by"),
        ({"by": "_id"}, "by"),
        ({"by": 'gender" FROM x --'}, "by"),
        ({"by": "name"}, "by"),
        ({"by": "born_on:week"}, "by"),
        ({"by": "gender:year"}, "by"),
        ({"by": "gender,born_on,born_on:year,born_on:month,id_no"}, "by"),
        ({"by": "gender" * 100}, "by"),
        ({"figures": "sum:gender"}, "figures"),
        ({"figures": "sum:born_on"}, "figures"),
        ({"figures": "distinct:mobile"}, "figures"),
        ({"figures": "minimum:name"}, "figures"),
        ({"figures": "median:born_on"}, "figures"),
        ({"figures": "filled"}, "figures"),
        ({"figures": "filled:gender:0.5"}, "figures"),
        ({"figures": "quantile:born_on"}, "figures"),
        ({"figures": "quantile:born_on:1"}, "figures"),
        ({"figures": "quantile:born_on:0"}, "figures"),
        ({"figures": "quantile:born_on:0.12345"}, "figures"),
        ({"figures": "quantile:born_on:1e-3"}, "figures"),
        ({"figures": "quantile:born_on:０.5"}, "figures"),
        ({"mobile": "13900000000"}, "mobile"),
        ({"other": "1"}, "other"),
        ({"born_on": "x"}, "born_on"),
    ],
)
def test_bad_question_is_refused_with_its_field(rows, api, client, people, query, field):
    answer = api("handler").get(url_of("people"), query)
    assert (answer.status_code, set(answer.data["fields"])) == (400, {field})
    client.force_login(people["handler"])
    page = client.get(reverse("datahub:groups", args=["people"]), query)
    assert page.status_code == (400 if field in ("by", "figures") else 200)


def test_page_shows_words_and_reveals_for_a_purpose_only(rows, client, people):
    client.force_login(people["handler"])
    url = reverse("datahub:groups", args=["people"]) + "?by=gender&figures=filled:mobile"
    page = client.get(url).content.decode()
    assert ("女" in page, "男" in page) == (True, False)
    assert client.post(url, {"purpose": " "}).status_code == 400
    assert "男" in client.post(url, {"purpose": "核对"}).content.decode()
    assert AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED).purpose.startswith("核对")
    filtered = url + "&column=born_on&sign=gte&value=1991-01-01"
    assert "没有这样的行" in client.get(filtered).content.decode()
    client.force_login(people["granted"])
    assert client.post(url, {"purpose": "核对"}).status_code == 403


def test_engine_that_is_away_is_told_by_the_api(rows, api, settings, monkeypatch):
    monkeypatch.setattr("datahub.selectors.grouping.dask.CONNECT_SECONDS", 0.3)
    settings.ANALYTICS_ENGINE = "distributed"
    settings.ANALYTICS_SCHEDULER = "tcp://127.0.0.1:9"
    settings.ANALYTICS_FALLBACK = False
    answer = api("dispatcher").get(url_of("shops"))
    assert (answer.status_code, answer.data["code"], set(answer.data["fields"])) == (
        503, "engine_away", {"engine"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ANALYTICS_ENGINE": "spark"}, "ANALYTICS_ENGINE is 'spark'."),
        ({"ANALYTICS_ENGINE": "distributed"}, "ANALYTICS_SCHEDULER names no scheduler."),
        ({"ANALYTICS_SECONDS": 0}, "ANALYTICS_SECONDS must be above zero."),
    ],
)
def test_wrong_settings_are_named(settings, changes, told):
    before = {one.msg for one in check_settings()}
    for name, value in changes.items():
        setattr(settings, name, value)
    assert {one.msg for one in check_settings()} - before == {told}
