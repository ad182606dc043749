"""Open data: treated by column, small groups left out, published by the owner, fetched by all."""

import csv
import io
import json
import secrets
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datahub.columns import Column, PlanError, read_plan, treat, treatments_for
from datahub.columns.numbers import uscc_check
from datahub.columns.treatments import Step
from datahub.enums import ColumnType as T
from datahub.enums import PersonalClass as P
from datahub.enums import PublicationState as S
from datahub.enums import Treatment as X
from datahub.models import Publication
from datahub.selectors import columns_of
from datahub.services import prepare_publications, publish_schema
from datahub.services.sweeping import sweep_files
from tests.datahub.catalogue import AT, PEOPLE_COLUMNS
from tests.datahub.loading import as_csv, load, person

ASK = "/api/v1/resources/people/publications/"
PLAN = {
    "gender": {"treatment": "raw", "is_quasi": True},
    "born_on": {"treatment": "year"},
    "name": {"treatment": "mask"},
}
LICENCE = "注明来源即可使用"
USCC = "91320111MA1MU2D36" + uscc_check("91320111MA1MU2D36")
SHOPS = "统一社会信用代码,名称,注册资本,从业人数,营业中,发证时间,等级,位置"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def residents(hub, people):
    """Twelve born in 1990 and two in 1991: with k of 5 the two are a small group."""
    rows = [person(n) for n in range(12)]
    rows += [person(n, 出生日期="1991-02-03") for n in (12, 13)]
    load(hub.people, people["reporter"], as_csv(rows))
    return hub.people


def ask(api, name="handler", code="people", plan=None, **more):
    given = {"plan": PLAN if plan is None else plan, "licence": LICENCE, **more}
    return api(name).post(f"/api/v1/resources/{code}/publications/", given, format="json")


def prepared(api, **more):
    uuid = ask(api, **more).data["uuid"]
    prepare_publications()
    return api("handler").get(f"/api/v1/publications/{uuid}/").data


def act(api, uuid, action, name="handler"):
    return api(name).post(f"/api/v1/publications/{uuid}/{action}/")


def fetch(kind="csv", code="people"):
    answer = Client().get(f"/open/{code}/data.{kind}")
    return answer, b"".join(answer.streaming_content).decode("utf-8-sig") if (
        answer.status_code == 200
    ) else ""


def rows_of_file(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_road_from_asking_to_the_public_file(residents, api):
    found = prepared(api)
    assert (found["state"], found["detail"]) == (S.PREPARED, "")
    report = {key: value for key, value in found["report"].items() if "bytes" not in key}
    assert report == {
        "rows": 14, "published": 12, "suppressed": 2, "groups": 2, "small_groups": 1, "k": 12,
        "quasi": ["name", "gender", "born_on"], "covered": {}, "diversity": {},
    }  # fmt: skip
    assert fetch()[0].status_code == 404
    assert act(api, found["uuid"], "publish").data["state"] == S.PUBLISHED
    answer, text = fetch()
    assert answer["Cache-Control"] == "public, no-cache"
    assert rows_of_file(text) == [{"姓名": "演**", "性别": "1", "出生日期": "1990"}] * 12
    lines = [json.loads(line) for line in fetch("jsonl")[1].splitlines()]
    assert lines == [{"name": "演**", "gender": "1", "born_on": "1990"}] * 12
    again = Client().get("/open/people/data.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("genders", "fewest"), [("1" * 12, 1), ("12" * 6, 2), ("1" * 11 + " ", 2)])
def test_report_tells_how_many_values_a_group_has_at_least(hub, people, api, genders, fewest):
    """Ten in another year have both genders; only the poorest group counts."""
    rows = [person(n, 性别=one.strip()) for n, one in enumerate(genders)]
    rows += [person(20 + n, 出生日期="1991-02-03", 性别="12"[n % 2]) for n in range(10)]
    rows += [person(40, 出生日期="1992-02-03")]  # not published, so not counted
    load(hub.people, people["reporter"], as_csv(rows))
    plan = {"gender": {"treatment": "raw"}, "born_on": {"treatment": "year", "is_quasi": True}}
    found = prepared(api, plan=plan)
    assert (found["report"]["suppressed"], found["report"]["diversity"]) == (1, {"gender": fewest})


@pytest.mark.parametrize("name", ["id_no", "name", "mobile"])
def test_personal_column_never_goes_out_as_it_is(residents, api, name):
    refused = ask(api, plan={name: {"treatment": "raw"}})
    assert (refused.status_code, set(refused.data["fields"])) == (400, {name})
    assert "不能原样公开" in refused.data["fields"][name][0]
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({}, "plan"),
        ({"nothing": {"treatment": "raw"}}, "nothing"),
        ({"born_on": {"treatment": "band", "size": 5}}, "born_on"),
        ({"id_no": {"treatment": "prefix", "size": 7}}, "id_no"),
        ({"id_no": {"treatment": "prefix"}}, "id_no"),
        ({"mobile": {"treatment": "prefix", "size": 3}}, "mobile"),
    ],
)
def test_plan_at_fault_names_its_column(residents, api, plan, field):
    refused = ask(api, plan=plan)
    assert (refused.status_code, set(refused.data["fields"])) == (400, {field})


def test_plan_of_the_wrong_shape_is_refused(residents, api):
    for bad in ("x", [1], {"name": "raw"}, {"name": {"treatment": "burn"}}, {"name": {}}):
        assert ask(api, plan=bad).status_code == 400
    assert ask(api, licence=" ").status_code == 400


def test_only_who_decides_for_the_owner_sees_and_acts(residents, api, people):
    uuid = prepared(api)["uuid"]
    for name in ("other-handler", "dispatcher", "administrator", "granted", "reporter"):
        assert ask(api, name).status_code in (403, 404), name
        assert api(name).get(ASK).data.get("results", []) == [], name
        assert api(name).get(f"/api/v1/publications/{uuid}/").status_code == 404, name
        assert act(api, uuid, "publish", name).status_code == 404, name
        assert act(api, uuid, "withdraw", name).status_code == 404, name
    assert Publication.objects.get().state == S.PREPARED


def test_nobody_reads_a_draft_or_what_is_withdrawn(residents, api, client):
    uuid = prepared(api)["uuid"]
    paths = ["/open/people/", "/open/people/data.csv", "/open/people/data.jsonl"]
    folder = default_storage.path("open")

    def statuses():
        return [Client().get(path).status_code for path in paths]

    def is_named():
        pages = (
            Client().get(path).content.decode() for path in ("/open/", "/open/catalogue.jsonld")
        )
        return ["people" in page for page in pages]

    assert (statuses(), is_named()) == ([404] * 3, [False] * 2)
    act(api, uuid, "publish")
    assert (statuses(), is_named()) == ([200] * 3, [True] * 2)
    assert len(default_storage.listdir(folder)[1]) == 2
    assert act(api, uuid, "withdraw").data["state"] == S.WITHDRAWN
    assert (statuses(), is_named()) == ([404] * 3, [False] * 2)
    assert act(api, uuid, "publish").status_code == 409
    assert client.post(f"/hub/open/{uuid}/publish/").status_code == 302


def test_files_go_with_the_withdrawal(residents, api, django_capture_on_commit_callbacks):
    uuid = prepared(api)["uuid"]
    with django_capture_on_commit_callbacks(execute=True):
        act(api, uuid, "withdraw")
    assert default_storage.listdir("open")[1] == []


def test_new_snapshot_replaces_the_old_one(residents, api, people):
    first = prepared(api)["uuid"]
    act(api, first, "publish")
    second = prepared(api, plan={"gender": {"treatment": "raw"}})["uuid"]
    assert rows_of_file(fetch()[1])[0].keys() == {"姓名", "性别", "出生日期"}
    act(api, second, "publish")
    assert rows_of_file(fetch()[1])[0].keys() == {"性别"}
    states = dict(Publication.objects.values_list("uuid", "state"))
    assert {str(uuid): state for uuid, state in states.items()} == {
        first: S.REPLACED, second: S.PUBLISHED,
    }  # fmt: skip


def test_new_draft_discards_the_former(residents, api):
    ask(api)
    ask(api)
    assert list(Publication.objects.order_by("id").values_list("state", flat=True)) == [
        S.WITHDRAWN, S.WAITING,
    ]  # fmt: skip
    assert prepare_publications() == 1


def test_too_small_a_resource_is_not_opened(hub, people, api):
    load(hub.people, people["reporter"], as_csv([person(n) for n in range(4)]))
    found = prepared(api, plan={"gender": {"treatment": "raw"}})
    assert (found["state"], found["detail"][:8]) == (S.FAILED, "没有可以公开的行")
    assert act(api, found["uuid"], "publish").status_code == 409


def test_withheld_resource_is_never_opened(hub, people, api):
    assert ask(api, code="files").status_code == 409


def test_resource_that_is_withheld_later_is_gone_at_once(residents, api):
    act(api, prepared(api)["uuid"], "publish")
    residents.sharing = "withheld"
    residents.save()
    assert Client().get("/open/people/data.csv").status_code == 404
    assert "people" not in Client().get("/open/").content.decode()


def test_column_that_becomes_personal_is_taken_back(hub, people, api):
    owner = people["other-handler"]
    load(hub.shops, people["other-reporter"], f"{SHOPS}\n{USCC},甲店,1,5,是,,A,\n".encode())
    asked = ask(api, "other-handler", "shops", {"name": {"treatment": "raw"}})
    prepare_publications()
    act(api, asked.data["uuid"], "publish", "other-handler")
    assert rows_of_file(fetch(code="shops")[1]) == [{"名称": "甲店"}]
    columns = columns_of(hub.shops.schema)
    personal = [
        Column(**{**vars(one), "personal": P.NAME}) if one.name == "name" else one
        for one in columns
    ]
    publish_schema(resource=hub.shops, columns=personal, at=AT, by=owner)
    assert fetch(code="shops")[0].status_code == 404
    assert Publication.objects.get().state == S.WITHDRAWN


def test_new_schema_or_stricter_group_asks_for_a_new_snapshot(residents, api):
    uuid = prepared(api)["uuid"]
    residents.open_k = 20
    residents.save()
    assert act(api, uuid, "publish").status_code == 409
    residents.open_k = 5
    residents.save()
    more = [*PEOPLE_COLUMNS, Column("note", "备注")]
    publish_schema(resource=residents, columns=more, at=AT)
    assert act(api, uuid, "publish").status_code == 409


def test_numbers_of_people_in_a_text_are_covered_and_told(hub, people, api):
    row = f'{SHOPS}\n{USCC},=甲店 13912345678,1,5,是,2026-03-02 23:30,A,"118.6,32.06"\n'
    load(hub.shops, people["other-reporter"], row.encode())
    plan = {one: {"treatment": "raw"} for one in ("name", "staff", "is_open", "licensed_at")}
    plan |= {"capital": {"treatment": "band", "size": 10}, "place": {"treatment": "raw"}}
    asked = ask(api, "other-handler", "shops", plan)
    prepare_publications()
    report = act(api, asked.data["uuid"], "publish", "other-handler").data["report"]
    assert (report["covered"], report["groups"], report["k"]) == ({"name": 1}, None, None)
    assert json.loads(fetch("jsonl", "shops")[1]) == {
        "name": "=甲店 139******78", "capital": "[0,10)", "staff": 5, "is_open": True,
        "licensed_at": "2026-03-02T23:30:00+08:00", "place": "118.6,32.06",
    }  # fmt: skip
    assert rows_of_file(fetch("csv", "shops")[1])[0]["名称"] == "'=甲店 139******78"


def test_downloads_are_counted(residents, api, settings):
    settings.OPEN_DOWNLOADS_PER_HOUR = 1
    act(api, prepared(api)["uuid"], "publish")
    client = Client(REMOTE_ADDR=f"2001:db8::{secrets.token_hex(2)}")
    statuses = [client.get("/open/people/data.csv").status_code for _ in range(2)]
    assert statuses == [200, 429]


def test_owner_opens_on_the_page(residents, client, people):
    client.force_login(people["handler"])
    page = client.get("/hub/people/open/").content.decode()
    assert '<option value="raw"' in page
    given = {"treatment-gender": "raw", "treatment-id_no": "raw", "licence": LICENCE}
    refused = client.post("/hub/people/open/", given)
    assert refused.status_code == 400
    assert "不能原样公开" in refused.content.decode()
    given["treatment-id_no"] = "prefix"
    given["size-id_no"] = "6"
    assert client.post("/hub/people/open/", given).status_code == 302
    prepare_publications()
    page = client.get("/hub/people/open/").content.decode()
    assert "320111" in page
    uuid = Publication.objects.get().uuid
    assert client.post(f"/hub/open/{uuid}/publish/").status_code == 302
    assert client.post(f"/hub/open/{uuid}/burn/").status_code == 404
    assert rows_of_file(fetch()[1])[0] == {"身份证号": "320111", "性别": "1"}
    client.force_login(people["other-handler"])
    assert client.get("/hub/people/open/").status_code == 403
    assert client.post("/hub/people/open/", given).status_code == 403


def test_sweep_keeps_what_is_open(residents, api):
    act(api, prepared(api)["uuid"], "publish")
    stray = default_storage.path("open/" + "0" * 32 + ".csv")
    with open(stray, "w") as file:
        file.write("x")
    assert sweep_files(at=timezone.now() + timedelta(days=2)) == 1
    assert fetch()[0].status_code == 200


def test_dcat_describes_what_is_open(residents, api):
    act(api, prepared(api)["uuid"], "publish")
    document = json.loads(Client().get("/open/catalogue.jsonld").content)
    (dataset,) = document["dcat:dataset"]
    assert dataset["dct:identifier"] == "people"
    assert [one["name"] for one in dataset["yw:tableSchema"]["fields"]] == [
        "name", "gender", "born_on",
    ]  # fmt: skip
    urls = [one["dcat:downloadURL"] for one in dataset["dcat:distribution"]]
    assert urls == [f"http://testserver/open/people/data.{kind}" for kind in ("csv", "jsonl")]


def test_lists_ask_as_often_for_three_as_for_one(hub, people, api, query_count):
    for resource in (hub.people,):
        load(resource, people["reporter"], as_csv([person(n) for n in range(6)]))
    act(api, prepared(api, plan={"gender": {"treatment": "raw"}})["uuid"], "publish")
    paths = ("/open/", "/open/catalogue.jsonld")
    one = [query_count(lambda path=path: Client().get(path)) for path in paths]
    load(hub.shops, people["other-reporter"], f"{SHOPS}\n{USCC},甲店,1,5,是,,A,\n".encode())
    asked = ask(api, "other-handler", "shops", {"name": {"treatment": "raw"}})
    prepare_publications()
    act(api, asked.data["uuid"], "publish", "other-handler")
    assert [query_count(lambda path=path: Client().get(path)) for path in paths] == one


CASES = [
    (Column("a", "甲", T.DATE), X.MONTH, 0, date(2026, 3, 2), "2026-03"),
    (Column("a", "甲", T.DATE), X.YEAR, 0, date(2026, 3, 2), "2026"),
    (Column("a", "甲", T.INTEGER), X.BAND, 10, 10, "[10,20)"),
    (Column("a", "甲", T.INTEGER), X.BAND, 10, -1, "[-10,0)"),
    (Column("a", "甲", T.DECIMAL), X.BAND, 5, Decimal("4.99"), "[0,5)"),
    (Column("a", "甲", T.CODE, code_list="x"), X.PREFIX, 2, "320111", "32"),
    (Column("a", "甲", personal=P.NAME), X.MASK, 0, "张三", "张**"),
    (Column("a", "甲", personal=P.NAME), X.MASK, 0, "张", "***"),
    (Column("a", "甲"), X.MASK, 0, "文德路5号", "***"),
    (Column("a", "甲", T.BOOLEAN), X.RAW, 0, False, "false"),
    (Column("a", "甲"), X.RAW, 0, None, None),
]


@pytest.mark.parametrize(("column", "treatment", "size", "value", "published"), CASES)
def test_treatment(column, treatment, size, value, published):
    assert treat(Step(column, treatment, size), value) == published


@pytest.mark.parametrize("kind", list(T))
@pytest.mark.parametrize("personal", [one for one in P if one != P.NONE])
def test_no_class_of_personal_data_can_be_raw(kind, personal):
    column = Column("a", "甲", kind, personal=personal)
    assert X.RAW not in treatments_for(column)
    with pytest.raises(PlanError):
        read_plan([column], {"a": {"treatment": "raw"}})


NAMES = st.text("张王李赵欧阳", min_size=2, max_size=3)
GRADES, YEARS = st.sampled_from(("1", "2")), st.integers(1988, 1991)
PEOPLE_ROWS = st.lists(st.tuples(NAMES, GRADES, YEARS), max_size=30)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=PEOPLE_ROWS, k=st.integers(2, 6), treatment=st.sampled_from(("month", "year")))
def test_no_file_has_a_small_group_or_an_original_of_a_masked_column(
    hub, people, rows, k, treatment
):
    table = f"datahub.r{hub.people.pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
        for number, (name, gender, year) in enumerate(rows):
            cursor.execute(
                f"INSERT INTO {table} (_id, id_no, name, gender, born_on, mobile)"
                " VALUES (%s, %s, %s, %s, %s, '13900000000')",
                [number, f"{number:018d}", name, gender, date(year, 1 + number % 2, 1)],
            )
    Publication.objects.all().delete()
    plan = {
        "name": {"treatment": "mask"}, "gender": {"treatment": "raw", "is_quasi": True},
        "born_on": {"treatment": treatment}, "mobile": {"treatment": "mask"},
    }  # fmt: skip
    one = Publication.objects.create(
        uuid="00000000-0000-4000-8000-000000000001", resource=hub.people, schema=hub.people.schema,
        plan=plan, k=k, licence=LICENCE, asked_by=people["handler"], asked_at=AT,
    )  # fmt: skip
    prepare_publications()
    one.refresh_from_db()
    wanted = Counter(
        (
            f"{name[0]}**",
            gender,
            f"{year}-{1 + number % 2:02d}" if treatment == "month" else f"{year}",
        )
        for number, (name, gender, year) in enumerate(rows)
    )
    wanted = {group: count for group, count in wanted.items() if count >= k}
    if not wanted:
        assert one.state == S.FAILED
        return
    with open(default_storage.path(f"open/{one.uuid.hex}.csv"), encoding="utf-8-sig") as file:
        published = list(csv.DictReader(file))
    groups = Counter((row["姓名"], row["性别"], row["出生日期"]) for row in published)
    assert (groups, one.report["k"]) == (wanted, min(wanted.values()))
    originals = {name for name, _, _ in rows}
    assert not originals & {row["姓名"] for row in published}
    assert {row["手机号"] for row in published} == {"***"}
