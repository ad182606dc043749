"""`manage.py load_areas`: real formats in, versions of boundaries out, faults named."""

import json
import shutil
import zipfile
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from shapely.affinity import scale, translate

from grids import enums, geometry
from grids.enums import AreaLevel
from grids.geometry import from_wgs84
from grids.models import Area, Boundary, BoundaryVersion
from tests.grids.area_files import (
    COMMUNITIES,
    GRIDS,
    SOUTH,
    STEP,
    WEST,
    cell,
    changed,
    convert,
    load,
    refusal,
    union,
    write,
)

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).parents[3] / "shared/data/geo"
PUKOU = Path(__file__).parents[2] / "governance/demo/pukou"
FORMATS = {
    "geojson": ["-f", "GeoJSON"],
    "shp": ["-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8"],
    "gpkg": ["-f", "GPKG"],
    "kml": ["-f", "LIBKML"],
}


def current(code):
    return Boundary.objects.get(area__code=code, valid_to__isnull=True)


def test_a_load_makes_areas_boundaries_and_a_version(tree):
    answer = load(write(tree / "g.geojson", GRIDS))
    assert answer["created"] == sorted(grid["code"] for grid in GRIDS)
    assert (answer["clean"], answer["defects"]) == (True, [])
    version = BoundaryVersion.objects.get(pk=answer["version_id"])
    assert (version.level, version.source, version.crs) == (AreaLevel.GRID, "g.geojson", "wgs84")
    area = Area.objects.select_related("parent").get(code="C1-31")
    assert (area.name, area.kind, area.parent.code) == ("第31网格", "dedicated", "C1")
    assert current("C1-31").version_id == version.pk
    assert current("C1-31").geometry.equals(
        type(current("C1-31").geometry).from_ewkt(f"SRID=4326;{cell(3, 1).wkt}")
    )


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_loads_the_same(tree, suffix):
    source = write(tree / "source.geojson", GRIDS)
    target = convert(source, tree / f"made.{suffix}", *FORMATS[suffix])
    answer = load(target)
    assert answer["created"] == sorted(grid["code"] for grid in GRIDS)
    assert Area.objects.get(code="C0-00").name == "第00网格"
    assert Area.objects.filter(kind="dedicated").count() == 1


@pytest.mark.parametrize("is_declared", [True, False])
@pytest.mark.parametrize("is_zipped", [True, False])
def test_a_gbk_shapefile_keeps_its_chinese(tree, is_declared, is_zipped):
    renamed = [
        {
            "编码": grid["code"],
            "名称": "㵘塘" + grid["name"],
            "上级": grid["parent"],
            "类别": "专属网格" if grid["kind"] == "dedicated" else "综合网格",
            "shape": grid["shape"],
        }
        for grid in GRIDS
    ]
    source = write(tree / "source.geojson", renamed)
    target = convert(source, tree / "gbk.shp", "-f", "ESRI Shapefile", "-lco", "ENCODING=GB18030")
    if not is_declared:
        (tree / "gbk.cpg").unlink()
    if is_zipped:
        with zipfile.ZipFile(tree / "gbk.zip", "w") as archive:
            for part in tree.glob("gbk.*"):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
        target = tree / "gbk.zip"
    fields = ["--code-field", "编码", "--name-field", "名称", "--parent-field", "上级"]
    load(target, "grid", *fields, "--kind-field", "类别")
    assert Area.objects.get(code="C1-31").name == "㵘塘第31网格"
    assert Area.objects.get(code="C1-31").kind == "dedicated"


def test_projected_coordinates_become_degrees(tree):
    source = write(tree / "source.geojson", GRIDS)
    target = convert(source, tree / "gauss.gpkg", "-f", "GPKG", "-t_srs", "EPSG:4548")
    assert load(target, crs="cgcs2000")["clean"]
    corner = current("C0-00").geometry.extent
    assert corner == pytest.approx((WEST, SOUTH, WEST + STEP, SOUTH + STEP), abs=1e-8)


def test_an_unsupported_datum_is_refused(tree):
    source = write(tree / "source.geojson", GRIDS)
    target = convert(source, tree / "xian.gpkg", "-f", "GPKG", "-t_srs", "EPSG:4610")
    answer, status = refusal(target)
    assert (answer["code"], list(answer["fields"]), status) == ("bad_area_file", ["crs"], 1)


def test_numbers_as_codes_keep_all_digits(tree):
    load(write(tree / "g.geojson", changed(GRIDS, 0, code=320111004001003)))
    assert Area.objects.filter(code="320111004001003").count() == 1


def test_gcj02_is_brought_back(tree):
    shifted = [grid | {"shape": from_wgs84(grid["shape"], "gcj02")} for grid in GRIDS]
    assert load(write(tree / "g.geojson", shifted), crs="gcj02")["clean"]
    assert current("C0-00").geometry.extent == pytest.approx(cell(0, 0).bounds, abs=1e-8)


def test_a_wrong_crs_shows_as_ground_outside_the_parent(tree):
    shifted = [grid | {"shape": from_wgs84(grid["shape"], "gcj02")} for grid in GRIDS]
    answer, status = refusal(write(tree / "g.geojson", shifted))
    assert status == 2
    assert answer["counts"]["outside"] > 0
    assert answer["counts"]["gap"] > 0
    assert Area.objects.filter(level=AreaLevel.GRID).count() == 0


def test_a_dry_run_writes_nothing_and_lists_faults(tree):
    areas = changed(GRIDS, 0, shape=translate(GRIDS[0]["shape"], 0.0001, 0))
    answer = load(write(tree / "g.geojson", areas), "grid", "--dry-run")
    assert answer["loaded"] is False
    assert answer["counts"] == {"overlap": 1, "gap": 1, "outside": 0, "invalid": 0, "duplicate": 0}
    (overlap, gap) = answer["defects"]
    strip = shapely.box(WEST + STEP, SOUTH, WEST + STEP + 0.0001, SOUTH + STEP)
    assert overlap["codes"] == ["C0-00", "C0-10"]
    assert overlap["size_m2"] == pytest.approx(geometry.area_m2(strip), abs=1)
    assert strip.covers(shapely.Point(overlap["lon"], overlap["lat"]))
    assert gap["codes"][0] == "C0"
    assert Area.objects.filter(level=AreaLevel.GRID).count() == 0
    assert BoundaryVersion.objects.filter(level=AreaLevel.GRID).count() == 0


def test_the_list_for_people_names_kind_size_and_place(tree):
    out = StringIO()
    path = write(tree / "g.geojson", GRIDS[1:])
    call_command("load_areas", path, level="grid", crs="wgs84", dry_run=True, stdout=out)
    first, summary, last = out.getvalue().splitlines()
    assert first.startswith("缝隙 1,047,")
    assert first.endswith("@ 118.505000,32.005000  C0 C0-01 C0-10 C0-11")
    assert summary == "7 个区域，1 处缺陷；新增 7，变更 0，不变 0，停用 0，跳过 0。"
    assert last == "未写入。"


def test_a_broken_coverage_is_refused_whole(grids):
    before = list(Boundary.objects.order_by("pk").values())
    areas = changed(GRIDS, 0, shape=scale(GRIDS[0]["shape"], 1.01, 1.0))
    answer, status = refusal(write(grids / "g.geojson", areas))
    assert (answer["loaded"], status) == (False, 2)
    assert list(Boundary.objects.order_by("pk").values()) == before


def test_keep_good_loads_all_but_the_faulty(tree):
    bow = shapely.Polygon([(118.5, 32), (118.51, 32.01), (118.51, 32), (118.5, 32.01)])
    areas = changed(GRIDS, 0, shape=bow)
    areas = changed(areas, 7, shape=translate(GRIDS[7]["shape"], 0.001, 0))
    answer = load(write(tree / "g.geojson", areas), "grid", "--keep-good")
    assert answer["skipped"] == ["C0-00", "C1-31"]
    assert answer["counts"]["invalid"] == 1
    assert set(Area.objects.filter(level=AreaLevel.GRID).values_list("code", flat=True)) == {
        grid["code"] for grid in GRIDS[1:7]
    }


def test_the_same_file_again_makes_no_version(grids):
    before = BoundaryVersion.objects.count()
    answer = load(grids / "grids.geojson")
    assert (answer["loaded"], len(answer["unchanged"])) == (False, len(GRIDS))
    assert BoundaryVersion.objects.count() == before


def test_a_new_division_closes_the_old_boundaries(grids):
    old = current("C0-00")
    wide = union("C0").intersection(shapely.box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + STEP))
    areas = [grid for grid in changed(GRIDS, 0, shape=wide) if grid["code"] != "C0-10"]
    answer = load(write(grids / "g.geojson", areas))
    assert (answer["changed"], answer["closed"]) == (["C0-00"], ["C0-10"])
    old.refresh_from_db()
    version = BoundaryVersion.objects.get(pk=answer["version_id"])
    assert old.valid_to == version.loaded_at == current("C0-00").valid_from
    assert Area.objects.get(code="C0-10").is_active is False
    assert not Boundary.objects.filter(area__code="C0-10", valid_to__isnull=True).exists()


def test_a_load_for_one_parent_leaves_the_others(grids):
    renamed = [grid | {"name": "新"} for grid in GRIDS if grid["parent"] == "C1"]
    answer = load(write(grids / "g.geojson", renamed))
    assert (len(answer["changed"]), answer["closed"]) == (4, [])
    assert Area.objects.filter(level=AreaLevel.GRID, is_active=True).count() == len(GRIDS)


def test_closing_a_community_closes_its_grids(grids):
    one = [COMMUNITIES[0] | {"shape": union("C0", "C1")}]
    answer = load(write(grids / "c.geojson", one), "community")
    assert answer["closed"] == ["C1", *sorted(g["code"] for g in GRIDS if g["parent"] == "C1")]
    assert answer["changed"] == ["C0"]


def test_a_closed_area_comes_back(grids):
    load(write(grids / "c.geojson", [COMMUNITIES[0] | {"shape": union("C0", "C1")}]), "community")
    answer = load(write(grids / "c.geojson", COMMUNITIES), "community")
    assert answer["changed"] == ["C0", "C1"]
    assert Area.objects.get(code="C1").is_active is True
    assert answer["bare_parents"] == []


def test_parents_without_areas_are_named(tree):
    part = [grid for grid in GRIDS if grid["parent"] == "C0"]
    assert load(write(tree / "g.geojson", part))["bare_parents"] == ["C1"]


def test_the_map_of_pukou_loads_whole():
    levels = {"district": 1, "street": 11, "community": 125, "grid": 502}
    for level, count in levels.items():
        name = {"street": "streets", "community": "communities", "grid": "grids"}.get(level, level)
        answer = load(PUKOU / f"{name}.geojson", level)
        assert (answer["clean"], len(answer["created"])) == (True, count)
        assert answer["bare_parents"] == []


def test_a_published_gcj02_outline_falls_on_the_free_one(tmp_path):
    source = SHARED / "pukou_gcj02_detailed.geojson"
    if not source.exists():
        pytest.skip("the shared data folder is absent")
    plain = json.loads((PUKOU / "outline.geojson").read_text(encoding="utf-8"))
    outline = shapely.geometry.shape(plain["features"][0]["geometry"])
    shared = {}
    for crs in ("gcj02", "wgs84"):
        load(shutil.copy(source, tmp_path), "district", "--code-field", "adcode", crs=crs)
        loaded = shapely.from_wkb(bytes(current("320111").geometry.wkb))
        shared[crs] = loaded.intersection(outline).area / loaded.union(outline).area
    assert shared["gcj02"] > 0.96
    assert shared["wgs84"] < 0.92


def test_both_lists_of_coordinate_systems_agree():
    assert set(enums.Crs.values) == {crs.value for crs in geometry.Crs}
