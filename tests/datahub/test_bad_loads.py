"""Files as departments send them: what is read all the same, and what is refused and why."""

import csv
import io
import json
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from shapely import Point, from_wkb

from datahub.enums import LoadMode as M
from datahub.enums import LoadState as S
from datahub.models import Resource
from grids.enums import Crs
from grids.geometry import to_wgs84
from tests.datahub.bad_files import bomb
from tests.datahub.loading import AT, HEAD, as_csv, faults_of, id_number, load, person, rows_of

ROWS = [person(1), person(2, 姓名="王*")]
USCC = "91350100M000100Y43"


@pytest.fixture(autouse=True)
def file_home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def workbook(rows, head=HEAD, change=lambda sheet: None):
    book = openpyxl.Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append([row.get(name) for name in head] if isinstance(row, dict) else row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines(rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


SPARE = ["序号", *HEAD]
SAME = {
    "utf-8": as_csv(ROWS),
    "byte order mark": as_csv(ROWS, encoding="utf-8-sig"),
    "gbk": as_csv(ROWS, encoding="gbk"),
    "utf-16": as_csv(ROWS, encoding="utf-16"),
    "semicolons": as_csv(ROWS, delimiter=";"),
    "tabs": as_csv(ROWS, delimiter="\t"),
    "wide commas": as_csv(ROWS, delimiter="，"),
    "quotes": as_csv(ROWS, quoting=1),
    "bare newlines": as_csv(ROWS, lineterminator="\n"),
    "no last newline": as_csv(ROWS).rstrip(),
    "blank lines": as_csv(ROWS) + b"\r\n\r\n",
    "other order and a spare column": as_csv(ROWS, head=SPARE[::-1]),
    "names instead of labels": as_csv(ROWS).replace(
        ",".join(HEAD).encode(), b"ID_NO, name ,gender,born_on,mobile"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAME)
def test_csv_is_read_however_it_was_saved(hub, town, kind):
    done = load(hub.people, town.people["reporter"], SAME[kind])
    assert (done.state, done.detail, done.rows_bad) == (S.DONE, "", 0)
    assert [row[:2] for row in rows_of(hub.people)] == [
        (id_number(1), "演示1"), (id_number(2), "王*"),
    ]  # fmt: skip


def test_workbook_and_json_lines_give_the_same_rows(hub, town):
    typed = [
        person(1, 出生日期=date(1990, 1, 1), 性别=1),
        person(2, 姓名="王*", 手机号=13900000000),
    ]
    found = []
    files = {"a.xlsx": workbook(typed), "a.jsonl": lines(ROWS), "a.csv": as_csv(ROWS)}
    for name, content in files.items():
        done = load(hub.people, town.people["reporter"], content, name=name)
        assert (done.state, done.detail) == (S.DONE, "")
        found.append(rows_of(hub.people))
    assert found[0] == found[1] == found[2]


def test_dates_in_five_spellings(hub, town):
    spellings = ["1990-01-01", "1990/1/1", "1990.1.1", "1990年1月1日", "19900101"]
    rows = [person(n, 出生日期=text) for n, text in enumerate(spellings, 1)]
    load(hub.people, town.people["reporter"], as_csv(rows))
    assert [row[3] for row in rows_of(hub.people)] == [date(1990, 1, 1)] * 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\xef\xbb\xbf \r\n", "文件是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Excel"),
        (b"%PDF-1.7\n", "文件是PDF"),
        (b"\n<HTML><table>", "文件是网页"),
        (as_csv([]), "没有数据行"),
        (as_csv(ROWS, head=HEAD[1:]), "表头缺少列：身份证号（id_no）"),
        (as_csv(ROWS).replace("身份证号".encode(), "身份证号码".encode()), "是否为“身份证号码”"),
        (as_csv(ROWS).replace("姓名".encode(), "身份证号".encode()), "出现多次"),
        (b"\x00\x01\x02\xff\xfe\xfd", "表头缺少列"),
        (b"PK\x03\x04broken", "不是可以读取的 xlsx"),
        (bomb(), "解压后过大"),
        (workbook(ROWS, change=lambda sheet: sheet.merge_cells("B2:B3")), "合并单元格 B2:B3"),
        (workbook([]), "没有数据行"),
    ],
)
def test_file_is_refused_as_a_whole(hub, town, content, words):
    load(hub.people, town.people["reporter"], as_csv([person(9)]))
    before = rows_of(hub.people, lineage=True)
    done = load(hub.people, town.people["reporter"], content)
    assert done.state == S.REFUSED
    assert any(word in done.detail for word in words.split("|")), done.detail
    assert rows_of(hub.people, lineage=True) == before


@pytest.mark.parametrize("mode", M)
def test_file_without_a_good_row_renews_nothing(hub, town, mode):
    load(hub.people, town.people["reporter"], as_csv([person(9)]))
    Resource.objects.filter(pk=hub.people.pk).update(loaded_at=AT)
    before = rows_of(hub.people, lineage=True)
    wrong = [person(n, 性别="7") for n in (1, 2)]
    done = load(hub.people, town.people["reporter"], as_csv(wrong), mode=mode)
    assert (done.state, done.is_undoable) == (S.REFUSED, False)
    assert "2 行中没有一行可以写入" in done.detail
    assert faults_of(done) == {2: {"gender": "code"}, 3: {"gender": "code"}}
    assert rows_of(hub.people, lineage=True) == before
    hub.people.refresh_from_db()
    assert (hub.people.loaded_at, hub.people.rows) == (AT, 1)


def test_rows_that_are_out_of_shape_are_told_apart(hub, town):
    raw = as_csv([person(n) for n in range(1, 41)])
    head, *rest = raw.splitlines(keepends=True)
    rest[1] = rest[1].replace(b",1,", b",1,1,")
    rest[2] = b"x,y\r\n"
    rest[3] = rest[3].replace("演示4".encode(), b"\xff\xfe\xfd")
    done = load(hub.people, town.people["reporter"], head + b"".join(rest))
    assert (done.state, done.rows_loaded) == (S.DONE, 37)
    assert faults_of(done) == {
        3: {"": "shape"}, 4: {"": "shape"}, 5: {"": "encoding"},
    }  # fmt: skip


def test_stray_quote_swallows_no_rows(hub, town):
    rows = [person(1, 姓名='李"'), person(2, 姓名='王"'), person(3)]
    raw = as_csv(rows, quoting=csv.QUOTE_NONE, quotechar="|")
    done = load(hub.people, town.people["reporter"], raw)
    assert done.rows_loaded == 3
    assert [row[1] for row in rows_of(hub.people)] == ['李"', '王"', "演示3"]


def test_cells_that_are_no_values_are_named(hub, town):
    rows = [
        person(1, 身份证号=float(id_number(1)[:17] + "0")),
        person(2, 姓名="=A1"),
        person(3, 出生日期=datetime(1990, 1, 1, 8)),  # noqa: DTZ001
        person(4, 出生日期=32874),
        person(5, 手机号="#N/A"),
        person(6),
    ]

    def mend(sheet):
        sheet["E6"].data_type = "e"

    content = workbook(rows, change=mend)
    done = load(hub.people, town.people["reporter"], content, name="a.xlsx", mode=M.APPEND)
    assert faults_of(done) == {
        2: {"id_no": "lost_digits"}, 3: {"name": "formula"}, 4: {"born_on": "date"},
        5: {"born_on": "date"}, 6: {"mobile": "error_cell"},
    }  # fmt: skip
    assert done.rows_loaded == 1


def test_json_lines_keep_every_digit_and_tell_bad_lines(hub, town):
    good = json.dumps({"id_no": id_number(1), "name": "演示1", "mobile": 13900000000, "x": 1})
    wrong = [b"{", b"[1]", b'{"other": 1}', json.dumps({"姓名": [1], "身份证号": 1e17}).encode()]
    content = b"\n".join([good.encode(), *wrong])
    done = load(hub.people, town.people["reporter"], content, name="a.jsonl", mode=M.APPEND)
    assert faults_of(done) == {
        2: {"": "json"}, 3: {"": "json"}, 4: {"": "json"},
        5: {"name": "nested", "id_no": "lost_digits"},
    }  # fmt: skip
    assert rows_of(hub.people) == [(id_number(1), "演示1", None, None, "13900000000")]


SHOP = ["统一社会信用代码", "名称", "注册资本", "从业人数", "营业中", "发证时间", "等级", "位置"]


def shop(**changes):
    values = [USCC, "某店", "1.5", "3", "是", "2026-03-02 09:00", "A", "118.62,32.02"]
    return {**dict(zip(SHOP, values, strict=True)), **changes}


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02"])
def test_points_are_converted_at_the_door_as_boundaries_are(hub, town, crs):
    content = as_csv([shop()], head=SHOP, quoting=1)
    done = load(hub.shops, town.people["other-reporter"], content, crs=Crs(crs))
    assert (done.state, done.detail) == (S.DONE, "")
    found = from_wkb(rows_of(hub.shops)[0][-1])
    assert found.equals(to_wgs84(Point(118.62, 32.02), crs))


def test_swapped_coordinates_are_told(hub, town):
    content = as_csv([shop(位置="32.02,118.62")], head=SHOP, quoting=1)
    done = load(hub.shops, town.people["other-reporter"], content, mode=M.APPEND)
    assert faults_of(done) == {2: {"place": "swapped"}}


def test_append_that_brings_nothing_new_is_current_all_the_same(hub, town):
    load(hub.people, town.people["reporter"], as_csv([person(9)]))
    Resource.objects.filter(pk=hub.people.pk).update(loaded_at=AT - timedelta(days=9))
    done = load(hub.people, town.people["reporter"], as_csv([person(9)]), mode=M.APPEND)
    assert (done.state, done.rows_loaded, faults_of(done)) == (S.DONE, 0, {2: {"": "exists"}})
    hub.people.refresh_from_db()
    assert (hub.people.loaded_at, hub.people.rows) == (done.asked_at, 1)
