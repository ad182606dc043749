"""`manage.py load_areas` refuses faulty files and names each fault."""

import pytest
import shapely
from shapely.affinity import translate

from tests.grids.area_files import GRIDS, changed, convert, load, refusal, write

pytestmark = pytest.mark.django_db
LINE = shapely.LineString([(118.5, 32), (118.6, 32.1)])
SWAPPED = shapely.transform(GRIDS[0]["shape"], lambda points: points[:, ::-1])
FAR = translate(GRIDS[0]["shape"], -120, 10)
METRES = shapely.box(500000, 3540000, 501000, 3541000)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"code": ""}, "字段“code”为空"),
        ({"code": "9" * 21}, "字段“code”超过 20 个字"),
        ({"name": "x" * 81}, "字段“name”超过 80 个字"),
        ({"name": "a\u0007b"}, "字段“name”含有控制字符"),
        ({"name": None}, "字段“name”为空"),
        ({"kind": "street"}, "类别“street”不属于本层级"),
        ({"shape": LINE}, "几何是 LineString，应为面"),
        ({"shape": SWAPPED}, "经纬度顺序颠倒（应为经度在前）"),
        ({"shape": FAR}, "坐标不在中国范围内"),
        ({"shape": METRES}, "坐标像是以米计的投影坐标，但文件没有声明投影"),
        ({"parent": "C9"}, "没有上级“C9”（社区（村））"),
        ({"parent": "S"}, "没有上级“S”（社区（村））"),
    ],
)
def test_a_faulty_feature_is_named(tree, values, problem):
    areas = changed(GRIDS, 2, **values)
    answer, status = refusal(write(tree / "g.geojson", areas))
    where = f"第 3 个要素 {values.get('code', GRIDS[2]['code'])}"
    assert (answer["code"], answer["fields"], status) == ("bad_area_file", {where: [problem]}, 1)


def test_a_feature_without_shape_is_invalid(tree):
    answer, _ = refusal(write(tree / "g.geojson", changed(GRIDS, 2, shape=None)))
    assert answer["defects"][-1] == {
        "kind": "invalid",
        "size_m2": 0.0,
        "lon": None,
        "lat": None,
        "codes": ["C0-10"],
        "detail": "empty",
    }


def test_a_code_twice_is_a_duplicate(tree):
    answer, _ = refusal(write(tree / "g.geojson", changed(GRIDS, 1, code="C0-00")))
    assert answer["counts"]["duplicate"] == 1


def test_a_code_of_another_level_is_refused(tree):
    answer, _ = refusal(write(tree / "g.geojson", changed(GRIDS, 0, code="C0")))
    assert answer["fields"] == {"C0": ["编码已用于社区（村）“C0社区”"]}


def test_missing_fields_are_named_with_those_that_exist(tree):
    answer, _ = refusal(write(tree / "g.geojson", GRIDS), "grid", "--code-field", "bianma")
    assert answer["fields"] == {"code": ["文件中没有字段“bianma”，有：code、name、parent、kind"]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "文件不存在"),
        (b"", "文件无法读取"),
        (b"{", "文件无法读取"),
        (b"\x00\x01\x02" * 99, "文件无法读取"),
        (b'{"type":"FeatureCollection","features":[]}', "文件中没有"),
    ],
)
def test_a_file_that_is_none_is_refused(tree, content, problem):
    path = tree / "bad.geojson"
    if content is not None:
        path.write_bytes(content)
    answer, status = refusal(path)
    assert (answer["detail"].startswith(problem), answer["code"], status) == (
        *(True, "bad_area_file"),
        1,
    )


def test_several_layers_need_a_choice(tree):
    source = write(tree / "grids.geojson", GRIDS)
    target = convert(source, tree / "two.gpkg", "-f", "GPKG", "-nln", "one")
    convert(source, target, "-f", "GPKG", "-update", "-nln", "two")
    answer, _ = refusal(target)
    assert answer["fields"] == {"layer": ["请用 --layer 指定图层，文件中有：one、two"]}
    assert load(target, "grid", "--layer", "two")["clean"]


def test_loading_before_the_level_above_is_refused(tmp_path):
    answer, _ = refusal(write(tmp_path / "g.geojson", GRIDS))
    assert answer["fields"]["第 1 个要素 C0-00"] == ["没有上级“C0”（社区（村））"]
