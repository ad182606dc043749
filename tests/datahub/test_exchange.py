"""The catalogue out and in again, read by tools that are not of this product."""

import io
import json

import openpyxl
import pyshacl
import pytest
import rdflib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from frictionless import Schema

from accounts.models import User
from datahub.forms import read_catalogue
from datahub.intake import BadFileError, entries_of, lists_of, write_book
from datahub.models import CodeList, Resource
from datahub.querysets import Reader
from datahub.selectors import find_resources, history_of
from datahub.services import plan_import
from tests.datahub.bad_files import bomb, cells_changed

FREQUENCIES = "须为 实时、每日、每周、每月、每季度、每年、不定期 之一"
ORPHANS = [("列", row, "资源编码", "资源表中没有 people") for row in range(7, 12)]
ALL = Reader(sees_everything=True)
# What DCAT asks of a catalogue and its datasets, by SHACL.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
[] a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ;
  sh:property [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ;
  sh:property [ sh:path dcat:dataset ; sh:minCount 3 ; sh:class dcat:Dataset ] .
[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ;
  sh:property [ sh:path dct:description ; sh:minCount 1 ] ;
  sh:property [ sh:path dct:identifier ; sh:minCount 1 ; sh:maxCount 1 ] ;
  sh:property [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ;
  sh:property [ sh:path dct:accessRights ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path dct:accrualPeriodicity ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
"""


@pytest.fixture
def administrator(town, hub, client):
    user = User.objects.create_superuser("root", password="root", name="超级")
    town.people["root"] = user
    client.force_login(user)
    return user


def standing():
    entries = entries_of(find_resources(reader=ALL))
    return entries, lists_of(entries)


def forget():
    Resource.objects.update(schema=None)
    Resource.objects.all().delete()
    CodeList.objects.all().delete()


def upload(api, content, name="c.xlsx", **more):
    file = SimpleUploadedFile(name, content)
    return api("root").post("/api/v1/catalogue/import/", {"file": file, **more}, format="multipart")


@pytest.mark.parametrize("way", ["dcat", "xlsx"])
def test_what_was_exported_is_imported_to_the_same_thing(administrator, api, way):
    before = standing()
    exported = api("root").get(f"/api/v1/catalogue/{way}/").content
    forget()
    answer = upload(api, exported)
    assert answer.status_code == 200, answer.data
    assert sorted(answer.data["added"]) == ["files", "people", "shops"]
    assert standing() == before
    again = upload(api, exported).data
    assert (again["added"], again["changed"], len(again["same"])) == ([], {}, 3)
    assert all(len(history_of(row)) == 1 for row in Resource.objects.all())


def test_dcat_is_read_by_other_tools(administrator, api):
    text = api("root").get("/api/v1/catalogue/dcat/").content.decode()
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    conforms, _, report = pyshacl.validate(graph, shacl_graph=SHAPES, shacl_graph_format="turtle")
    assert conforms, report
    dct = rdflib.Namespace("http://purl.org/dc/terms/")
    assert {str(one) for one in graph.objects(None, dct.identifier)} >= {"shops", "people"}
    graph.remove((None, dct.accessRights, None))
    assert not pyshacl.validate(graph, shacl_graph=SHAPES, shacl_graph_format="turtle")[0]


def test_dcat_holds_what_its_reader_may_know_of(hub, api):
    text = api("dispatcher").get("/api/v1/catalogue/dcat/").content.decode()
    assert "shops" in text
    assert "社区矫正" not in text


@pytest.mark.parametrize("code", ["shops", "people"])
def test_table_schema_is_read_by_frictionless_and_comes_back(administrator, api, code):
    given = api("root").get(f"/api/v1/resources/{code}/table-schema/").json()
    schema = Schema.from_descriptor(given)
    assert [field.name for field in schema.fields] == [one["name"] for one in given["fields"]]
    url = f"/api/v1/resources/{code}/table-schema/"
    answer = api("root").put(url, schema.to_descriptor())
    assert (answer.status_code, answer.json()) == (200, given)
    assert len(history_of(Resource.objects.get(code=code))) == 1


def test_frictionless_takes_and_refuses_the_same_cells(administrator, api):
    given = api("root").get("/api/v1/resources/shops/table-schema/").json()
    schema = Schema.from_descriptor(given)
    at, point = "2026-03-02T09:00:00Z", "118.6,32"
    good = ["91350100M000100Y43", "某店", "1.5", "3", "true", at, "A", point]
    _, notes = schema.read_cells(good)
    assert not any(notes)
    bad = ["", "某店", "-1", "x", "true", at, "E", point]
    _, notes = schema.read_cells(bad)
    assert [bool(note) for note in notes] == [True, False, True, True, False, False, True, False]


def test_new_schema_is_published_and_a_bad_one_refused(administrator, api):
    url = "/api/v1/resources/people/table-schema/"
    given = api("root").get(url).json()
    given["fields"].append({"name": "note", "title": "备注", "type": "string"})
    assert api("root").put(url, given).status_code == 200
    version = history_of(Resource.objects.get(code="people"))[0]
    assert (version.number, version.changes) == (2, ["新增列“备注”（note）"])
    given["fields"].append({"name": "other", "type": "geojson"})
    refused = api("root").put(url, given)
    assert (refused.status_code, refused.data["code"]) == (400, "bad_schema")
    assert set(refused.data["fields"]) == {"columns.6.type"}


@pytest.mark.parametrize("person", ["dispatcher", "handler", "reporter"])
def test_only_administrators_import_and_publish(hub, api, client, town, person):
    machine = api(person)
    file = SimpleUploadedFile("c.xlsx", b"PK\x03\x04")
    answer = machine.post("/api/v1/catalogue/import/", {"file": file}, format="multipart")
    assert answer.status_code == 403
    assert machine.put("/api/v1/resources/shops/table-schema/", {}).status_code == 403
    client.force_login(town.people[person])
    assert client.get(reverse("datahub:import")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({("资源", "B2"): None}, [("资源", 2, "名称", "必填")]),
        ({("资源", "A3"): "files"}, [
            ("资源", 3, "编码", "files 重复"), *ORPHANS,
        ]),
        ({("资源", "C3"): "XX"}, [("资源", 3, "提供部门编码", "没有部门 XX")]),
        ({("资源", "E2"): "每天"}, [("资源", 2, "更新周期", FREQUENCIES)]),
        ({("资源", "H2"): "是"}, [("资源", 2, "共享条件", "向社会开放的资源须为无条件共享。")]),
        ({("资源", "D2"): "=A1"}, [("资源", 2, "摘要", "单元格是公式，请粘贴为数值")]),
        ({("资源", "A2"): "a b"}, None),
        ({("列", "D3"): "几何"}, None),
        ({("列", "B2"): "Id"}, None),
        ({("列", "I4"): "other"}, [("资源", 2, "数据结构", "没有代码表 other")]),
        ({("代码表", "D3"): "1"}, None),
    ],
)  # fmt: skip
def test_problem_is_told_by_sheet_row_and_column(administrator, hub, changes, problems):
    entries, lists = standing()
    content = cells_changed(write_book(entries=entries, lists=lists), changes)
    book = read_catalogue(SimpleUploadedFile("c.xlsx", content))
    found = plan_import(book=book, at=timezone.now()).problems
    if problems is None:
        ((sheet, cell),) = changes
        assert (sheet, int(cell[1:])) in {(one.sheet, one.row) for one in found}
    else:
        told = [(one.sheet, one.row, one.column, one.message) for one in found]
        assert sorted(told) == sorted(problems)


def test_refused_import_and_dry_run_write_nothing(administrator, api, client):
    before = standing()
    entries, lists = before
    changed = cells_changed(write_book(entries=entries, lists=lists), {("资源", "B2"): "新名"})
    plan = upload(api, changed, dry_run="true")
    assert (plan.status_code, plan.data["changed"]) == (200, {"files": ["名称有变"]})
    assert standing() == before
    bad = cells_changed(changed, {("资源", "C3"): "XX"})
    refused = upload(api, bad)
    assert (refused.status_code, refused.data["code"]) == (400, "import_refused")
    assert standing() == before
    page = client.post(reverse("datahub:import"), {"file": io.BytesIO(bad), "act": "import"})
    assert page.status_code == 400
    assert "没有部门 XX" in page.content.decode()
    assert standing() == before
    done = client.post(reverse("datahub:import"), {"file": io.BytesIO(changed), "act": "import"})
    assert done.status_code == 200
    assert Resource.objects.get(code="files").name == "新名"


def test_merged_cells_are_named(administrator):
    entries, lists = standing()
    workbook = openpyxl.load_workbook(io.BytesIO(write_book(entries=entries, lists=lists)))
    workbook["资源"].merge_cells("A3:A4")
    out = io.BytesIO()
    workbook.save(out)
    with pytest.raises(BadFileError, match="A3:A4"):
        read_catalogue(SimpleUploadedFile("c.xlsx", out.getvalue()))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\x01", b"PK\x03\x04 broken", b"[]", b"{}x", b'{"dcat:dataset": [1]}',
        b'{"dcat:dataset": [{"dct:identifier": "a"}]}', b"[" * 100_000, json.dumps("x").encode(),
    ],
)  # fmt: skip
def test_file_that_is_none_is_refused(administrator, api, content):
    answer = upload(api, content)
    assert answer.status_code == 400
    assert set(answer.data["fields"]) == {"file"}


def test_bomb_is_refused_before_it_is_unpacked(administrator, api):
    answer = upload(api, bomb())
    assert (answer.status_code, answer.data["code"]) == (400, "bad_file")
    assert "解压后过大" in answer.data["detail"]
