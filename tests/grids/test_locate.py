"""Points and addresses to grids, with PostGIS as referee."""

import random
from io import StringIO
from itertools import pairwise

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection, transaction

from governance.demo.pukou.build import FOLDER
from grids.enums import AreaLevel, Crs
from grids.geometry import from_wgs84
from grids.models import Address, Area, Boundary
from grids.selectors import locate_address, locate_point, normalize_address
from grids.services import record_addresses

pytestmark = pytest.mark.django_db
FILES = {"district": "district", "street": "streets", "community": "communities", "grid": "grids"}


@pytest.fixture(scope="module")
def _map(django_db_setup, django_db_blocker):
    """The whole map of Pukou, loaded once for this module in a transaction that is undone."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        for level, name in FILES.items():
            path = FOLDER / f"{name}.geojson"
            call_command("load_areas", path, level=level, crs="wgs84", stdout=StringIO())
        yield
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _loaded(_map, db):
    pass


def referee(points):
    """Ask PostGIS for the lowest code of the grids that cover each point."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT min(a.code COLLATE "C") FROM grids_boundary b
                    JOIN grids_area a ON a.id = b.area_id
                    WHERE a.level = %s AND b.valid_to IS NULL
                      AND ST_Covers(b.geometry, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)))
            FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p(lon, lat, rank)
            ORDER BY p.rank
            """,
            [AreaLevel.GRID, [lon for lon, _ in points], [lat for _, lat in points]],
        )
        return [code for (code,) in cursor.fetchall()]


def answers(points):
    codes = dict(Area.objects.filter(level=AreaLevel.GRID).values_list("pk", "code"))
    found = [locate_point(lon=lon, lat=lat) for lon, lat in points]
    return [codes.get(location.grid_id) for location in found]


def rings():
    for boundary in Boundary.objects.filter(area__level=AreaLevel.GRID).order_by("pk"):
        yield shapely.get_coordinates(shapely.from_wkb(bytes(boundary.geometry.wkb))).tolist()


def test_random_points_agree_with_postgis():
    chance = random.Random(1)
    points = [(chance.uniform(118.34, 118.79), chance.uniform(31.82, 32.27)) for _ in range(3000)]
    assert answers(points) == referee(points)


def test_vertices_agree_with_postgis():
    points = random.Random(2).sample([tuple(node) for ring in rings() for node in ring], 2000)
    assert answers(points) == referee(points)


def test_edge_midpoints_agree_with_postgis():
    middles = [
        ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        for ring in rings()
        for one, other in pairwise(ring)
    ]
    points = random.Random(3).sample(middles, 2000)
    assert answers(points) == referee(points)


def code_of(pk):
    return pk and Area.objects.get(pk=pk).code


def test_a_point_gives_all_levels():
    grid = Area.objects.get(code="320111004001001")
    inside = Boundary.objects.get(area=grid).geometry.point_on_surface
    location = locate_point(lon=inside.x, lat=inside.y)
    assert location.grid_id == grid.pk
    assert code_of(location.community_id) == "320111004001"
    assert code_of(location.street_id) == "320111004"
    assert code_of(location.district_id) == "320111"
    assert (location.score, location.how) == (1.0, "point")
    newest = Boundary.objects.order_by("-version").first()
    assert location.boundary_version_id == newest.version_id


def test_a_gcj02_point_finds_the_same_grid():
    inside = Boundary.objects.get(area__code="320111004001001").geometry.point_on_surface
    shifted = from_wgs84(shapely.Point(inside.x, inside.y), "gcj02")
    plain = locate_point(lon=inside.x, lat=inside.y)
    brought = locate_point(lon=shifted.x, lat=shifted.y, crs=Crs.GCJ02)
    assert brought.grid_id == plain.grid_id
    assert (brought.lon, brought.lat) == pytest.approx((plain.lon, plain.lat), abs=1e-9)


def test_a_point_outside_has_no_place_but_keeps_its_position():
    location = locate_point(lon=116.4, lat=39.9)
    assert (location.district_id, location.street_id, location.grid_id) == (None, None, None)
    assert (location.lon, location.lat) == (116.4, 39.9)


def test_where_no_grid_is_the_community_answers():
    boundary = Boundary.objects.get(area__code="320111004001001")
    inside = boundary.geometry.point_on_surface
    boundary.area.is_active = False
    boundary.area.save(update_fields=["is_active"])
    new_version()
    location = locate_point(lon=inside.x, lat=inside.y)
    assert (location.grid_id, code_of(location.community_id)) == (None, "320111004001")


def new_version():
    version = Boundary.objects.order_by("-version").first().version
    version.pk = None
    version.save()


def test_a_new_load_is_seen_at_once(tmp_path, django_assert_num_queries):
    inside = Boundary.objects.get(area__code="320111004001001").geometry.point_on_surface
    before = locate_point(lon=inside.x, lat=inside.y)
    with django_assert_num_queries(1):
        assert locate_point(lon=inside.x, lat=inside.y) == before
    text = (FOLDER / "grids.geojson").read_text(encoding="utf-8")
    path = tmp_path / "grids.geojson"
    path.write_text(text.replace('"320111004001001"', '"320111004001099"'), encoding="utf-8")
    call_command("load_areas", path, level="grid", crs="wgs84", stdout=StringIO())
    after = locate_point(lon=inside.x, lat=inside.y)
    assert code_of(after.grid_id) == "320111004001099"
    assert after.boundary_version_id > before.boundary_version_id


def test_only_boundaries_in_force_count(tmp_path):
    one, other = "320111004001001", "320111004001002"
    point = inside(one)
    text = (FOLDER / "grids.geojson").read_text(encoding="utf-8")
    swapped = text.replace(one, "?").replace(other, one).replace("?", other)
    (tmp_path / "g.geojson").write_text(swapped, encoding="utf-8")
    out = StringIO()
    call_command("load_areas", tmp_path / "g.geojson", level="grid", crs="wgs84", stdout=out)
    assert code_of(locate_point(lon=point.x, lat=point.y).grid_id) == other


# Addresses


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("文德路５号", "文德路5号"),
        ("文德路 5 号", "文德路5号"),
        ("文德路五号", "文德路5号"),
        ("文德路十二号", "文德路12号"),
        ("文德路一百零三号", "文德路103号"),
        ("文德路二〇三号", "文德路203号"),
        ("文德路二十号３幢", "文德路20号3栋"),
        ("文德路20号3号楼", "文德路20号3栋"),
        ("天润城A座", "天润城a座"),
        ("新河社区第03网格", "新河社区第3网格"),
        ("新河社区三号网格", "新河社区第3网格"),
        ("江苏省南京市浦口区文德路5号", "文德路5号"),
        ("三河村", "三河村"),
        ("a\u0000b\ud83d\udca9c", "abc"),
        ("", ""),
        ("。、！", ""),
    ],
)
def test_addresses_are_brought_to_one_spelling(written, normal):
    assert normalize_address(written, district="浦口区") == normal


def inside(code, share=0.0):
    """Return a point of a grid; `share` moves it a little towards the first corner."""
    geometry = Boundary.objects.get(area__code=code, valid_to__isnull=True).geometry
    middle, corner = geometry.point_on_surface, Point(geometry[0][0][0], srid=4326)
    return Point(
        middle.x + (corner.x - middle.x) * share,
        middle.y + (corner.y - middle.y) * share,
        srid=4326,
    )


def address(text, code):
    assert record_addresses(places=[(text, inside(code))]) == 1


@pytest.fixture
def _addresses():
    address("南京市浦口区江浦街道文德路5号", "320111004001001")
    address("江浦街道文德路15号", "320111004002001")
    address("江浦街道中圣街8号", "320111004004001")
    address("桥林街道步月路12号3栋", "320111005001001")
    address("桥林街道中圣街8号", "320111005003001")
    address("浦口经济开发区万寿路6号", "320111403498001")


def summary(text):
    """Return how the text was located and the code of the finest area."""
    found = locate_address(text=text)
    if found is None:
        return None
    return found.how, code_of(found.grid_id or found.community_id or found.street_id)


@pytest.mark.usefixtures("_addresses")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("江浦街道文德路5号", ("exact", "320111004001001")),
        ("江苏省南京市浦口区江浦街道文德路５号", ("exact", "320111004001001")),
        ("江浦街道文德路五号", ("exact", "320111004001001")),
        ("有人反映，江浦街道文德路5号，夜间噪声", ("exact", "320111004001001")),
        ("江浦街道文德路5号门口路灯不亮", ("exact", "320111004001001")),
        ("文德路15号", ("similar", "320111004002001")),
        ("步月路十二号3幢", ("similar", "320111005001001")),
        # Another house number on a known road: no grid, only what its houses share.
        ("江浦街道文德路9号", ("near", "320111004")),
        ("步月路99号", ("near", "320111005001")),
        ("步月路", ("near", "320111005001")),
        # The same house in two streets is a doubt.
        ("中圣街8号", None),
        ("桥林街道中圣街8号", ("exact", "320111005003001")),
        # Another road with the same number in the same street is no match.
        ("浦口经济开发区步行路6号", ("street", "320111403")),
        ("新河社区", ("community", "320111004001")),
        ("新河居委会", ("community", "320111004001")),
        ("浦口区江浦街道新河社区门口", ("community", "320111004001")),
        ("新河社区第01网格", ("grid", "320111004001001")),
        ("新河社区一号网格", ("grid", "320111004001001")),
        ("七联村", ("community", "320111005208")),
        # Two communities bear this name, in two streets.
        ("大桥社区", None),
        ("永宁街道大桥社区", ("community", "320111009006")),
        ("高新区大桥社区", ("community", "320111001020")),
        ("江浦街道大桥社区", ("street", "320111004")),
        ("星甸街道", ("street", "320111008")),
        ("在星甸那边", ("street", "320111008")),
        ("农创园", ("street", "320111460")),
        ("某地", None),
        ("", None),
        ("，。", None),
        ("5号", None),
        ("%_'\"; DROP TABLE grids_area;--", None),
        ("\u0000\ud83d\udca9", None),
        ("啊" * 1_000_000, None),
    ],
)
def test_addresses_are_located(text, expected):
    assert summary(text) == expected


@pytest.mark.usefixtures("_addresses")
def test_the_answer_says_how_sure_it_is():
    exact = locate_address(text="江浦街道文德路5号")
    similar = locate_address(text="文德路15号")
    community = locate_address(text="江浦街道新河社区")
    street = locate_address(text="江浦街道")
    assert (exact.score, exact.matched) == (1.0, "南京市浦口区江浦街道文德路5号")
    assert (exact.lon, exact.lat) == inside("320111004001001").coords
    assert similar.matched == "江浦街道文德路15号"
    assert 0.5 <= similar.score <= 0.95
    assert (community.score, community.matched) == (0.8, "新河社区")
    assert (community.grid_id, community.lon) == (None, None)
    assert (street.score, street.community_id) == (0.5, None)


def test_an_address_outside_the_district_is_not_believed():
    record_addresses(places=[("文德路5号", Point(116.4, 39.9, srid=4326))])
    assert locate_address(text="江浦街道文德路5号") == locate_address(text="江浦街道")


def test_an_address_is_recorded_once_in_any_spelling():
    point = inside("320111004001001")
    spellings = ["江浦街道文德路5号", "浦口区江浦街道文德路 ５号", "江浦街道文德路五号", "。"]
    assert record_addresses(places=[(text, point) for text in spellings], is_demo=True) == 1
    assert record_addresses(places=[(text, point) for text in spellings]) == 0
    (known,) = Address.objects.all()
    assert (known.normalized, known.is_demo) == ("江浦街道文德路5号", True)


def test_a_crowd_of_like_addresses_names_no_street():
    grids = Area.objects.filter(level=AreaLevel.GRID).order_by("code")[:60]
    places = [(f"演示路{number}号", inside(grid.code)) for number, grid in enumerate(grids)]
    assert record_addresses(places=places) == 60
    assert summary("演示路9号") == ("exact", grids[9].code)
    assert summary("演示路999号") is None
