"""The catalogue: versions of schemas, who may know of what, search, pages."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from datahub.columns import Column, write_table_schema
from datahub.models import Resource
from datahub.selectors import columns_of, history_of
from datahub.services import BadSchemaError, publish_schema
from tests.datahub.catalogue import AT, PEOPLE_COLUMNS, SHOP_COLUMNS, add_resource

CODES = ("shops", "people", "files")
LATER = AT + timedelta(days=1)
# The reference: what each person of the town may know of. 城管局 owns people and files.
SEES = {
    "dispatcher": {"shops", "people"}, "worker": {"shops", "people"},
    "leader": {"shops", "people"}, "handler": {"shops", "people", "files"},
    "reporter": {"shops", "people", "files"}, "other-handler": {"shops", "people"},
    "administrator": {"shops", "people", "files"}, "root": {"shops", "people", "files"},
    "nobody": set(), "granted": {"shops", "people", "files"},
}  # fmt: skip


@pytest.mark.parametrize("person", SEES)
def test_everybody_is_shown_what_they_may_know_of(people, api, client, person):
    machine = api(person)
    listed = machine.get("/api/v1/resources/").data["results"]
    assert {row["code"] for row in listed} == SEES[person]
    client.force_login(people[person])
    page = client.get(reverse("datahub:catalogue")).content.decode()
    for code in CODES:
        wanted = 200 if code in SEES[person] else 404
        assert machine.get(f"/api/v1/resources/{code}/").status_code == wanted
        assert client.get(reverse("datahub:resource", args=[code])).status_code == wanted
        assert (f"/hub/{code}/" in page) == (code in SEES[person])
        for words in (code, "身份证号", "uscc"):
            found = machine.get("/api/v1/resources/", {"q": words}).data["results"]
            assert {row["code"] for row in found} <= SEES[person]


def test_strangers_are_sent_away(hub, client):
    assert client.get("/hub/").status_code == 302
    assert client.get("/api/v1/resources/").status_code == 401


def test_resource_out_of_use_is_known_to_its_own_only(hub, people, api):
    Resource.objects.filter(code="shops").update(is_active=False)
    assert api("dispatcher").get("/api/v1/resources/shops/").status_code == 404
    assert api("other-handler").get("/api/v1/resources/shops/").status_code == 200


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"q": "身份证号"}, ["files", "people"]),
        ({"q": "商户 资本"}, ["shops"]),
        ({"q": "CAPITAL"}, ["shops"]),
        ({"q": "水务"}, ["shops"]),
        ({"q": "100%"}, []),
        ({"department": "D2"}, ["files", "people"]),
        ({"sharing": "withheld"}, ["files"]),
        ({"is_open": "true"}, []),
        ({"frequency": "monthly"}, ["files", "people", "shops"]),
    ],
)
def test_search_and_filters(hub, api, client, town, query, codes):
    found = api("handler").get("/api/v1/resources/", query).data["results"]
    assert [row["code"] for row in found] == codes
    client.force_login(town.people["handler"])
    page = client.get("/hub/", query).content.decode()
    assert [code for code in ("files", "people", "shops") if f"/hub/{code}/" in page] == codes


def test_pages_hold_every_resource_once(hub, town, api):
    for number in range(5):
        add_resource(f"r{number}", f"资源{number}", town.departments["水务局"], "unconditional")
    machine, seen, cursor = api("handler"), [], ""
    while True:
        answer = machine.get(
            "/api/v1/resources/", {"size": 3, "cursor": cursor} if cursor else {"size": 3}
        )
        seen += [row["code"] for row in answer.data["results"]]
        cursor = answer.data["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"sharing": "x"}, {"size": 0}, {"size": 201}, {"q": "a" * 101}]
)
def test_bad_query_is_refused_with_its_field(hub, api, query):
    answer = api("handler").get("/api/v1/resources/", query)
    assert (answer.status_code, set(answer.data["fields"])) == (400, set(query))


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"sharing": "x"}])
def test_page_tells_a_bad_query(hub, client, town, query):
    client.force_login(town.people["handler"])
    answer = client.get("/hub/", query)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_detail_has_columns_and_history(hub, api):
    columns = [replace(PEOPLE_COLUMNS[0], label="证件号"), *PEOPLE_COLUMNS[1:]]
    publish_schema(resource=hub.people, columns=columns, at=LATER)
    content = api("handler").get("/api/v1/resources/people/").data
    assert content["version"] == 2
    assert [one["name"] for one in content["columns"]] == [one.name for one in PEOPLE_COLUMNS]
    assert content["columns"][0] == {
        "name": "id_no", "label": "证件号", "type": "id_number", "unit": "", "is_required": True,
        "is_key": True, "pattern": "", "code_list": "", "minimum": "", "maximum": "",
        "personal": "id_number",
    }  # fmt: skip
    assert [(one["number"], one["changes"]) for one in content["versions"]] == [
        (2, ["列“证件号”（id_no）的名称由“身份证号”改为“证件号”"]),
        (1, ["首次发布"]),
    ]


def test_same_columns_publish_nothing(hub):
    publish_schema(resource=hub.people, columns=columns_of(hub.people.schema), at=LATER)
    assert [version.number for version in history_of(hub.people)] == [1]
    assert columns_of(hub.people.schema) == PEOPLE_COLUMNS


def test_bad_columns_change_nothing(hub):
    with pytest.raises(BadSchemaError) as refused:
        publish_schema(resource=hub.people, columns=[Column("A", "甲")], at=LATER)
    assert set(refused.value.fields) == {"columns.0.name"}
    unknown = replace(PEOPLE_COLUMNS[2], code_list="missing")
    with pytest.raises(BadSchemaError):
        publish_schema(resource=hub.people, columns=[unknown], at=LATER)
    assert [version.number for version in history_of(hub.people)] == [1]


def test_database_holds_open_and_withheld_apart(hub, town):
    for fields in ({"is_open": True}, {"sharing_terms": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Resource.objects.filter(code="people").update(**fields)


def test_list_and_detail_cost_the_same_for_one_row_and_more(hub, town, api, query_count):
    machine = api("handler")
    machine.get("/api/v1/resources/", {"q": "shops"})
    one = query_count(lambda: machine.get("/api/v1/resources/", {"q": "shops"}))
    assert query_count(lambda: machine.get("/api/v1/resources/", {"q": "a"})) == one


def form_of(**changes):
    return {
        "code": "trees", "name": "行道树", "department": "", "description": "",
        "frequency": "yearly", "open_k": "5",
        "sharing": "unconditional", "sharing_terms": "", "contact": "绿化科", "telephone": "",
        "is_active": "on", "table_schema": json.dumps(write_table_schema(SHOP_COLUMNS)), **changes,
    }  # fmt: skip


def test_administrator_adds_a_resource_with_its_schema(people, town, client):
    client.force_login(people["administrator"])
    form = form_of(department=town.departments["水务局"].pk)
    assert client.post(reverse("admin:datahub_resource_add"), form).status_code == 302
    resource = Resource.objects.get(code="trees")
    assert columns_of(resource.schema) == SHOP_COLUMNS
    assert history_of(resource)[0].published_by == people["administrator"]
    change = reverse("admin:datahub_resource_change", args=[resource.pk])
    assert "行道树" in client.get(change).content.decode()
    assert client.post(change, form | {"name": "树"}).status_code == 302
    assert [version.number for version in history_of(resource)] == [1]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"table_schema": '{"fields": [{"name": "a", "type": "geojson"}]}'}, "第 1 列 type"),
        ({"table_schema": "{"}, "JSON"),
        ({"sharing": "withheld"}, "不予共享须写明依据"),
        ({"sharing": "conditional", "sharing_terms": "x", "is_open": "on"}, "须为无条件共享"),
    ],
)
def test_admin_tells_what_is_wrong(people, town, client, changes, word):
    client.force_login(people["administrator"])
    form = form_of(department=town.departments["水务局"].pk, **changes)
    answer = client.post(reverse("admin:datahub_resource_add"), form)
    assert answer.status_code == 200
    assert word in answer.content.decode()
    assert not Resource.objects.filter(code="trees").exists()


@pytest.mark.parametrize("model", ["resource", "codelist", "schemaversion"])
def test_admin_lists_open(people, client, model):
    client.force_login(people["administrator"])
    assert client.get(reverse(f"admin:datahub_{model}_changelist")).status_code == 200
