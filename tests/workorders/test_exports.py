"""The filtered list as a spreadsheet: whose rows, masked, in parts, cancelled, deleted in time."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AccessLog
from workorders.models import ExportJob, WorkOrder
from workorders.selectors.exports import COLUMNS
from workorders.services import work_exports
from workorders.services.exports import safe_text

URL = "/console/exports/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def orders(town, channel_api):
    """Three orders in the east and one in the west, with what must not come out as it is."""
    texts = ('=HYPERLINK("http://x")井盖缺失', "请回电13912345678，井盖", "井盖\x01三")
    for index, text in enumerate(texts):
        channel_api("hotline", town.call(f"E-{index}", text=text))
    channel_api("hotline", town.call("W-0", point={"lon": 118.52, "lat": 32.02}))
    return list(WorkOrder.objects.order_by("pk"))


def ask(client, query="view=open&sort=new"):
    return client.post(URL, {"query": query}, headers=HTMX)


def sheet_of(client, job):
    answer = client.get(f"{URL}{job.uuid}/file/")
    assert answer.status_code == 200
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    headings, *rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert headings == [heading for heading, _, _ in COLUMNS]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_list_holds_the_rows_of_the_queue(desk, orders):
    east = desk("east")
    assert ask(east).status_code == 200
    assert work_exports(at=timezone.now()) == 1
    job = ExportJob.objects.get()
    rows = sheet_of(east, job)
    assert [row["工单号"] for row in rows] == [order.number for order in orders[2::-1]]
    assert (job.total, job.done, job.written, job.order_ids) == (3, 3, 3, [])
    assert rows[0]["登记时间"] == timezone.localtime(orders[2].registered_at).replace(
        tzinfo=None, microsecond=rows[0]["登记时间"].microsecond
    )
    log = AccessLog.objects.get(kind="exported")
    assert (log.user.username, log.subject, log.purpose) == (
        "east", str(job.uuid), "全部在办，3 行",
    )  # fmt: skip


def test_nothing_personal_and_nothing_that_computes_comes_out(desk, orders):
    east = desk("east")
    ask(east)
    work_exports(at=timezone.now())
    job = ExportJob.objects.get()
    third, second, first = sheet_of(east, job)
    assert first["内容"] == '\'=HYPERLINK("http://x")井盖缺失'
    assert second["内容"] == "请回电139******78，井盖"
    assert third["内容"].startswith("井盖")
    assert {row["电话"] for row in (first, second, third)} == {"139******00"}
    book = load_workbook(default_storage.open(job.file))
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_text_that_begins_a_formula_is_made_text(text):
    assert safe_text(text) == f"'{text}"


def test_rights_are_those_of_the_writing(desk, orders, town):
    east = desk("east")
    ask(east)
    moved = orders[1]
    WorkOrder.objects.filter(pk=moved.pk).update(
        street=town.areas["西街"], community=town.areas["西街1社区"], grid=None
    )
    work_exports(at=timezone.now())
    job = ExportJob.objects.get()
    assert (job.total, job.written) == (3, 2)
    assert moved.number not in [row["工单号"] for row in sheet_of(east, job)]


def test_somebody_without_an_account_gets_no_row(desk, orders, town):
    ask(desk("east"))
    town.people["east"].is_active = False
    town.people["east"].save()
    work_exports(at=timezone.now())
    assert ExportJob.objects.get().written == 0


def test_file_is_its_owners_alone(desk, orders):
    ask(desk("dispatcher"))
    work_exports(at=timezone.now())
    job = ExportJob.objects.get()
    for person in ("east", "supervisor", "west"):
        assert desk(person).get(f"{URL}{job.uuid}/file/").status_code == 404
        assert desk(person).post(f"{URL}{job.uuid}/cancel/", headers=HTMX).status_code == 404
        assert b"data-download" not in desk(person).get(URL, headers=HTMX).content
    assert Client().get(f"{URL}{job.uuid}/file/").status_code == 302
    assert len(sheet_of(desk("dispatcher"), job)) == 4


def test_cancelled_half_way_leaves_nothing(desk, orders, monkeypatch):
    monkeypatch.setattr("workorders.services.exports.PART", 1)
    east = desk("east")
    ask(east)
    job = ExportJob.objects.get()
    from workorders.services import exports  # noqa: PLC0415  # its reader is wrapped below

    read = exports.export_rows

    def read_and_cancel(**asked):
        if asked["ids"] == job.order_ids[1:2]:
            assert east.post(f"{URL}{job.uuid}/cancel/", headers=HTMX).status_code == 200
        return read(**asked)

    monkeypatch.setattr(exports, "export_rows", read_and_cancel)
    assert work_exports(at=timezone.now()) == 0
    job.refresh_from_db()
    assert (job.done, job.file, bool(job.cancelled_at), job.finished_at) == (1, "", True, None)
    assert default_storage.listdir("")[0] in ([], ["exports"])
    assert east.get(f"{URL}{job.uuid}/file/").status_code == 404
    assert work_exports(at=timezone.now()) == 0


def test_finished_list_is_not_cancelled(desk, orders):
    east = desk("east")
    ask(east)
    work_exports(at=timezone.now())
    answer = east.post(f"{URL}{ExportJob.objects.get().uuid}/cancel/", headers=HTMX)
    assert (answer.status_code, "已经完成" in answer.content.decode()) == (409, True)


def test_too_many_orders_are_refused_in_plain_words(desk, orders, monkeypatch):
    monkeypatch.setattr("workorders.services.exports.MOST_ROWS", 2)
    answer = ask(desk("dispatcher"))
    assert (answer.status_code, "请缩小范围" in answer.content.decode()) == (422, True)
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("query", ["view=late", "view=open&registered_from=x", "view=open&q=没有"])
def test_nothing_to_export_is_told(desk, orders, query):
    assert ask(desk("dispatcher"), query).status_code == 422
    assert not ExportJob.objects.exists()


def test_only_so_many_wait(desk, orders):
    dispatcher = desk("dispatcher")
    assert [ask(dispatcher).status_code for _ in range(4)] == [200, 200, 200, 422]


def test_list_of_a_dead_worker_is_made_anew(desk, orders):
    ask(desk("east"))
    now = timezone.now()
    ExportJob.objects.update(seen_at=now, done=2, written=2)
    assert work_exports(at=now) == 0
    ExportJob.objects.update(seen_at=now - timedelta(minutes=3))
    assert work_exports(at=now) == 1
    assert ExportJob.objects.get().written == 3


def test_file_is_deleted_after_a_day(desk, orders):
    east = desk("east")
    ask(east)
    work_exports(at=timezone.now())
    name = ExportJob.objects.get().file
    work_exports(at=timezone.now() + timedelta(hours=23))
    assert default_storage.exists(name)
    work_exports(at=timezone.now() + timedelta(hours=25))
    job = ExportJob.objects.get()
    assert (default_storage.exists(name), job.file) == (False, "")
    assert east.get(f"{URL}{job.uuid}/file/").status_code == 404


def test_faulty_list_says_so(desk, orders, monkeypatch):
    ask(desk("east"))
    broken = [*COLUMNS[:-1], ("坏", "no width", COLUMNS[-1][2])]
    monkeypatch.setattr("workorders.services.exports.COLUMNS", broken)
    assert work_exports(at=timezone.now()) == 0
    job = ExportJob.objects.get()
    assert (job.failure[:4], job.file, bool(job.finished_at)) == ("系统出错", "", True)


def test_list_whose_connection_broke_is_made_again(desk, orders):
    ask(desk("east"))
    with pytest.raises(OperationalError), connection.execute_wrapper(cut_at_the_first_part):
        work_exports(at=timezone.now())
    assert ExportJob.objects.get().finished_at is None
    ExportJob.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    assert work_exports(at=timezone.now()) == 1


def cut_at_the_first_part(execute, sql, params, many, context):
    """Break down where the first rows of the list are read."""
    if "workorders_workorder" in sql:
        raise OperationalError("server closed the connection unexpectedly")
    return execute(sql, params, many, context)


def test_strangers_and_people_without_posts_export_nothing(town, orders):
    assert ask(Client()).status_code == 302
    assert not ExportJob.objects.exists()
