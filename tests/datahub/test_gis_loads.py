"""Loads of GIS files: GeoJSON and zipped Shapefiles, in several systems, with what may be wrong."""

import io
import json
import subprocess
import zipfile
from struct import unpack

import pytest
from shapely import Point

from datahub.columns import Column
from datahub.enums import ColumnType as T
from datahub.enums import LoadState as S
from datahub.services import publish_schema, undo_load
from grids.enums import Crs
from grids.geometry import to_wgs84
from tests.datahub.catalogue import AT, add_resource
from tests.datahub.loading import faults_of, load, rows_of

COLUMNS = [
    Column("code", "编号", is_required=True, is_key=True),
    Column("name", "名称", maximum="20"),
    Column("registered_on", "登记日期", T.DATE),
    Column("place", "位置", T.POINT, is_required=True),
]
LON, LAT = 118.6, 32.06


@pytest.fixture(autouse=True)
def file_home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def lamps(hub, town):
    made = add_resource("lamps", "路灯", town.departments["城管局"], "unconditional")
    publish_schema(resource=made, columns=COLUMNS, at=AT)
    return made


@pytest.fixture
def reporter(people):
    return people["reporter"]


def feature(number, geometry=..., **more):
    point = {"type": "Point", "coordinates": [LON, LAT]} if geometry is ... else geometry
    known = {"code": f"L{number}", "name": "路灯", "registered_on": "2026-03-02", **more}
    return {"type": "Feature", "properties": known, "geometry": point}


def geojson(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def shapefile(tmp_path, content, *options, names=None, encoding="UTF-8"):
    """Convert GeoJSON to a zipped Shapefile with the tool that others use."""
    source = tmp_path / "in.geojson"
    source.write_bytes(content)
    subprocess.run(
        ["ogr2ogr", "-f", "ESRI Shapefile", "-lco", f"ENCODING={encoding}", *options,
         str(tmp_path / "lamps.shp"), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(tmp_path.glob("lamps.*")):
            if names is None or part.suffix in names:
                archive.write(part, f"数据/{part.name}")
    return out.getvalue()


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def points_of(resource):
    return [(row[0], bytes.fromhex(row[3])[-16:]) for row in rows_of(resource)]


def coordinates(resource):
    return {code: tuple(round(one, 6) for one in unpack("<dd", raw))
            for code, raw in points_of(resource)}  # fmt: skip


def test_geojson_is_loaded_and_its_bad_features_are_told(lamps, reporter):
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    done = load(lamps, reporter, geojson(
        feature(1), feature(2), feature(3, {"type": "Point", "coordinates": [LAT, LON]}),
        feature(4, None), feature(5, {"type": "Polygon", "coordinates": square}),
        feature(6, registered_on="2026-13-02"),
        *(feature(number) for number in range(7, 60)),
    ), name="路灯.geojson")  # fmt: skip
    assert (done.state, done.rows_read, done.rows_bad) == (S.DONE, 59, 4)
    assert faults_of(done) == {
        3: {"place": "swapped"}, 4: {"place": "missing"}, 5: {"place": "geometry"},
        6: {"registered_on": "date"},
    }  # fmt: skip
    assert coordinates(lamps)["L1"] == (LON, LAT)
    undo_load(load=done, by=reporter, at=AT)
    assert rows_of(lamps) == []


def test_gcj02_is_named_with_the_load(lamps, reporter):
    load(lamps, reporter, geojson(feature(1)), name="a.geojson", crs=Crs.GCJ02)
    wanted = to_wgs84(Point(LON, LAT), Crs.GCJ02)
    assert coordinates(lamps)["L1"] == (round(wanted.x, 6), round(wanted.y, 6)) != (LON, LAT)


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:4490", "EPSG:4549"])
def test_zipped_shapefile_in_each_system(lamps, reporter, tmp_path, encoding, system):
    content = shapefile(
        tmp_path, geojson(feature(1, name="文德路灯")), "-t_srs", system, encoding=encoding
    )
    done = load(lamps, reporter, content, name="lamps.zip")
    assert (done.state, done.detail) == (S.DONE, "")
    assert [row[:2] for row in rows_of(lamps)] == [("L1", "文德路灯")]
    assert coordinates(lamps) == {"L1": (LON, LAT)}


def test_gbk_without_a_declaration_is_read(lamps, reporter, tmp_path):
    content = shapefile(
        tmp_path, geojson(feature(1, name="文德路灯")), encoding="GB18030",
        names={".shp", ".shx", ".dbf"},
    )  # fmt: skip
    assert load(lamps, reporter, content, name="lamps.zip").state == S.DONE
    assert rows_of(lamps)[0][1] == "文德路灯"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"{", "a.geojson", "不是可以读取的"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
         b"</OGRVRTLayer></OGRVRTDataSource>", "a.geojson", "不是可以读取的"),
        (zipped(**{"../../a.shp": b"", "a.dbf": b""}), "a.zip", "不安全的路径"),
        (zipped(**{"/etc/a.shp": b""}), "a.zip", "不安全的路径"),
        (zipped(**{"a.txt": b""}), "a.zip", "只有一个 .shp，现有 0 个"),
        (zipped(**{"a.shp": b"", "b.shp": b""}), "a.zip", "现有 2 个"),
        (zipped(**{"a.shp": b""}), "a.zip", "缺少 .shx、.dbf"),
        (zipped(**{"a.shp": b"x", "a.shx": b"x", "a.dbf": b"x"}), "a.zip", "不是可以读取的"),
        (zipped(**{"a.shp": b"\0" * 300_000_000}), "a.zip", "解压后过大"),
        (b"PK\x03\x04 broken", "a.zip", "不是可以读取的"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_its_reason(lamps, reporter, content, name, said):
    done = load(lamps, reporter, content, name=name)
    assert (done.state, said in done.detail) == (S.REFUSED, True), done.detail
    assert rows_of(lamps) == []


def test_unknown_system_and_a_schema_without_a_point_are_refused(hub, lamps, reporter, tmp_path):
    content = shapefile(tmp_path, geojson(feature(1)), "-t_srs", "EPSG:4214")
    assert "坐标系 Beijing 1954" in load(lamps, reporter, content, name="a.zip").detail
    detail = load(hub.people, reporter, geojson(feature(1)), name="a.geojson").detail
    assert "没有坐标点列" in detail


def test_missing_column_is_named(lamps, reporter):
    bare = {"type": "Feature", "properties": {"code": "1"}, "geometry": None}
    assert "登记日期" in load(lamps, reporter, geojson(bare), name="a.geojson").detail
