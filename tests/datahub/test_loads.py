"""Loads: modes, lineage, quarantine, undo, cancel; nothing half-loaded."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from datahub.columns import Column
from datahub.enums import ColumnType as T
from datahub.enums import LoadMode as M
from datahub.enums import LoadState as S
from datahub.models import Load
from datahub.services import BadSchemaError, cancel_load, publish_schema, undo_load, work_loads
from datahub.services.tables import KEPT
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError
from tests.datahub.catalogue import PEOPLE_COLUMNS
from tests.datahub.loading import (
    AT,
    as_csv,
    ask,
    faults_of,
    id_number,
    ids_of,
    load,
    person,
    rows_of,
)


@pytest.fixture(autouse=True)
def file_home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def reporter(town):
    return town.people["reporter"]


def test_full_load_brings_rows_with_their_lineage(hub, reporter, tmp_path):
    done = load(hub.people, reporter, as_csv([person(1), person(2)]))
    assert (done.state, done.rows_read, done.rows_loaded, done.rows_bad) == (S.DONE, 2, 2, 0)
    born = date(1990, 1, 1)
    assert rows_of(hub.people, lineage=True) == [
        (done.pk << 32 | number, id_number(serial), f"演示{serial}", "1", born, "13900000000")
        for number, serial in ((2, 1), (3, 2))
    ]  # fmt: skip
    assert (hub.people.rows, hub.people.loaded_at is not None) == (2, True)
    assert done.schema == hub.people.schema
    # The file has personal data and has served its purpose.
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_full_load_replaces_and_undo_returns(hub, reporter):
    load(hub.people, reporter, as_csv([person(1), person(2)]))
    before = rows_of(hub.people, lineage=True)
    second = load(hub.people, reporter, as_csv([person(3)]))
    assert (second.rows_replaced, ids_of(hub.people)) == (2, [id_number(3)])
    undo_load(load=second, by=reporter, at=AT)
    assert rows_of(hub.people, lineage=True) == before
    assert hub.people.rows == 2


def test_append_adds_and_leaves_known_keys_alone(hub, reporter):
    load(hub.people, reporter, as_csv([person(1)]))
    done = load(hub.people, reporter, as_csv([person(1, 姓名="别名"), person(2)]), mode=M.APPEND)
    assert (done.rows_loaded, done.rows_bad, faults_of(done)) == (1, 1, {2: {"": "exists"}})
    assert [row[1] for row in rows_of(hub.people)] == ["演示1", "演示2"]
    undo_load(load=done, by=reporter, at=AT)
    assert ids_of(hub.people) == [id_number(1)]


def test_upsert_changes_and_adds_and_undo_returns_the_old(hub, reporter):
    load(hub.people, reporter, as_csv([person(1), person(2)]))
    before = rows_of(hub.people, lineage=True)
    rows = [person(2, 姓名="新名"), person(3)]
    done = load(hub.people, reporter, as_csv(rows), mode=M.UPSERT)
    assert (done.rows_loaded, done.rows_replaced) == (2, 1)
    assert [row[1] for row in rows_of(hub.people)] == ["演示1", "新名", "演示3"]
    assert hub.people.rows == 3
    undo_load(load=done, by=reporter, at=AT)
    assert rows_of(hub.people, lineage=True) == before
    assert hub.people.rows == 2


def test_only_the_newest_load_is_undone_and_only_once(hub, reporter):
    first = load(hub.people, reporter, as_csv([person(1)]))
    second = load(hub.people, reporter, as_csv([person(2)]), mode=M.APPEND)
    with pytest.raises(ConflictError):
        undo_load(load=first, by=reporter, at=AT)
    undo_load(load=second, by=reporter, at=AT)
    with pytest.raises(ConflictError):
        undo_load(load=second, by=reporter, at=AT)
    undo_load(load=first, by=reporter, at=AT)
    assert (rows_of(hub.people), hub.people.rows) == ([], 0)


def test_what_was_replaced_is_kept_for_some_loads_only(hub, reporter):
    loads = [load(hub.people, reporter, as_csv([person(n)])) for n in range(1, KEPT + 3)]
    kept = Load.objects.filter(is_undoable=True).order_by("id")
    assert list(kept) == loads[-KEPT:]
    for one in reversed(loads[-KEPT:]):
        undo_load(load=one, by=reporter, at=AT)
    assert ids_of(hub.people) == [id_number(2)]
    with pytest.raises(ConflictError):
        undo_load(load=loads[-KEPT - 1], by=reporter, at=AT)


def test_bad_rows_wait_in_quarantine_with_their_reasons(hub, reporter):
    good = [person(n) for n in range(1, 30)]
    rows = [*good, person(30, 身份证号="3.20111E+17"), person(31, 性别="9", 出生日期="2026-02-30")]
    done = load(hub.people, reporter, as_csv(rows))
    assert (done.state, done.rows_loaded, done.rows_bad) == (S.DONE, 29, 2)
    assert faults_of(done) == {
        31: {"id_no": "lost_digits"}, 32: {"gender": "code", "born_on": "date"},
    }  # fmt: skip
    assert done.faults == {"id_no:lost_digits": 1, "gender:code": 1, "born_on:date": 1}
    assert done.bad_rows.get(row=32).content["born_on"] == "2026-02-30"


def test_repeated_keys_keep_the_first_and_tell_the_others(hub, reporter):
    rows = [person(1), person(1), person(2), person(1, 姓名="别名"), person(3), person(2)]
    rows += [person(n) for n in range(4, 20)]
    done = load(hub.people, reporter, as_csv(rows))
    assert (done.rows_same, done.rows_bad, done.rows_loaded) == (2, 1, 19)
    assert faults_of(done) == {5: {"": "duplicate"}}
    assert [row[1] for row in rows_of(hub.people)] == [f"演示{n}" for n in range(1, 20)]


def test_full_replacement_that_would_lose_too_much_is_refused(hub, reporter):
    load(hub.people, reporter, as_csv([person(1)]))
    before = rows_of(hub.people, lineage=True)
    done = load(hub.people, reporter, as_csv([person(2), person(3, 姓名="")]))
    assert (done.state, done.rows_bad, done.rows_loaded) == (S.REFUSED, 1, 0)
    assert "2 行中有 1 行有问题" in done.detail
    assert faults_of(done) == {3: {"name": "missing"}}
    assert rows_of(hub.people, lineage=True) == before
    assert Load.objects.filter(is_undoable=True).count() == 1


def test_no_table_of_a_load_is_left_over(hub, reporter):
    load(hub.people, reporter, as_csv([person(1)]))
    load(hub.people, reporter, b"a,b\n1,2\n")
    load(hub.people, reporter, as_csv([person(2, 姓名="")]))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'datahub' AND tablename !~ '^[rb]'"
        )
        assert cursor.fetchall() == []


def test_waiting_load_is_cancelled_at_once(hub, reporter):
    asked = ask(hub.people, reporter, as_csv([person(1)]))
    cancel_load(load=asked, at=AT)
    work_loads()
    asked.refresh_from_db()
    assert (asked.state, rows_of(hub.people)) == (S.CANCELLED, [])
    with pytest.raises(ConflictError):
        cancel_load(load=asked, at=AT)


def test_running_load_sees_that_it_is_cancelled(hub, reporter):
    asked = ask(hub.people, reporter, as_csv([person(1)]))
    Load.objects.filter(pk=asked.pk).update(state=S.STAGING, is_cancel_asked=True)
    work_loads()
    asked.refresh_from_db()
    assert (asked.state, rows_of(hub.people)) == (S.CANCELLED, [])


def test_loads_of_one_resource_are_done_in_their_order(hub, reporter):
    for number in (1, 2):
        ask(hub.people, reporter, as_csv([person(number)]))
    assert work_loads() == 2
    assert ids_of(hub.people) == [id_number(2)]


def test_who_may_not_load(hub, town):
    content = as_csv([person(1)])
    for name in ("handler", "other-reporter", "dispatcher"):
        with pytest.raises(ForbiddenError):
            ask(hub.people, town.people[name], content)
    keyless = [replace(one, is_key=False) for one in PEOPLE_COLUMNS]
    publish_schema(resource=hub.files, columns=keyless, at=AT)
    with pytest.raises(InvalidError):
        ask(hub.files, town.people["reporter"], content, mode=M.UPSERT)


def test_new_schema_changes_the_table_and_keeps_the_rows(hub, reporter):
    load(hub.people, reporter, as_csv([person(1)]))
    columns = [*PEOPLE_COLUMNS[:4], Column("note", "备注")]
    columns[2] = Column("gender", "性别")
    publish_schema(resource=hub.people, columns=columns, at=AT)
    assert rows_of(hub.people) == [(id_number(1), "演示1", "1", date(1990, 1, 1), None)]
    head = ["身份证号", "姓名", "性别", "出生日期", "备注"]
    load(hub.people, reporter, as_csv([person(2, 备注="x")], head=head), mode=M.APPEND)
    assert [row[-1] for row in rows_of(hub.people)] == [None, "x"]


def test_schema_that_the_rows_forbid_is_refused(hub, reporter):
    load(hub.people, reporter, as_csv([person(1, 手机号=""), person(2, 手机号="")]))
    narrower = [*PEOPLE_COLUMNS[:1], Column("name", "姓名", T.INTEGER)]
    with pytest.raises(BadSchemaError) as refused:
        publish_schema(resource=hub.people, columns=narrower, at=AT)
    assert set(refused.value.fields) == {"columns.1.type"}
    by_gender = [
        Column("gender", "性别", T.CODE, code_list="gender", is_required=True, is_key=True)
    ]
    with pytest.raises(BadSchemaError) as refused:
        publish_schema(resource=hub.people, columns=by_gender, at=AT)
    assert set(refused.value.fields) == {"columns.is_key"}
    hub.people.refresh_from_db()
    assert hub.people.schema.number == 1


def test_api_loads_watches_undoes_and_shows_faults_masked(hub, api):
    machine = api("reporter")
    rows = [person(n) for n in range(1, 20)] + [person(20, 手机号="12345678901", 出生日期="=1+1")]
    url = "/api/v1/resources/people/loads/"
    file = {"file": SimpleUploadedFile("a.csv", as_csv(rows)), "mode": "full"}
    answer = machine.post(url, file, format="multipart")
    assert (answer.status_code, answer.data["state"]) == (202, "waiting")
    work_loads()
    one = f"/api/v1/loads/{answer.data['uuid']}/"
    assert (machine.get(one).data["state"], machine.get(one).data["rows_bad"]) == ("done", 1)
    assert [row["uuid"] for row in machine.get(url).data["results"]] == [answer.data["uuid"]]
    sheet = b"".join(machine.get(f"{one}faults/").streaming_content).decode()
    assert sheet.splitlines() == [
        "\ufeff行,列,列名,值,原因",
        "21,出生日期,born_on,'=1+1,不是有效日期",
        "21,手机号,mobile,123******01,不是 11 位手机号",
    ]
    for outsider in ("handler", "other-reporter", "dispatcher", "leader"):
        other = api(outsider)
        for path in (one, f"{one}faults/"):
            assert other.get(path).status_code == 404
        for act in ("cancel", "undo"):
            assert other.post(f"{one}{act}/").status_code == 404
        assert other.post(url, {}, format="multipart").status_code in (400, 403, 404)
        listed = other.get(url)
        assert listed.status_code == 404 or listed.data["results"] == []
    assert machine.post(f"{one}cancel/").status_code == 409
    assert machine.post(f"{one}undo/").data["state"] == "undone"


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, {"file", "mode"}), ({"mode": "x"}, {"file", "mode"}), ({"mode": "full"}, {"file"})],
)
def test_bad_call_is_refused_with_its_fields(hub, api, body, fields):
    answer = api("reporter").post("/api/v1/resources/people/loads/", body, format="multipart")
    assert (answer.status_code, set(answer.data["fields"])) == (400, fields)


def test_page_loads_and_shows(hub, client, town):
    client.force_login(town.people["reporter"])
    url = reverse("datahub:ask-load", args=["people"])
    assert client.post(url, {"mode": "full"}).status_code == 400
    file = SimpleUploadedFile("a.csv", as_csv([person(1), person(2, 姓名="")]))
    answer = client.post(url, {"file": file, "mode": "append"})
    assert answer.status_code == 302
    work_loads()
    page = client.get(answer.url).content.decode()
    assert "必填项为空" in page
    assert client.get(reverse("datahub:resource", args=["people"])).status_code == 200
    undo = client.post(f"{answer.url}undo/")
    assert undo.status_code == 302
    assert client.post(f"{answer.url}undo/").status_code == 409
    assert client.post(f"{answer.url}other/").status_code == 404
    client.force_login(town.people["handler"])
    assert client.get(answer.url).status_code == 404
    assert client.post(url, {"mode": "full"}).status_code in (400, 403)
