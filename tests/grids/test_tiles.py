"""Areas as vector tiles: each person's own, each name once, and never an old boundary."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from grids.enums import AreaLevel, Crs
from grids.models import Area, Boundary, BoundaryVersion
from tests.tiles import get_tile, read_layer, tile_at, tiles_over
from tests.town import EAST_POINT, WEST_POINT, square

TOWN = (118.5, 32.0, 118.7, 32.1)


def names(client, address, layer="areas"):
    answer = get_tile(client, "areas", address)
    assert answer.status_code == 200
    return sorted(row["name"] for row in read_layer(answer.content, layer))


def around(zoom, point):
    return tile_at(zoom, point["lon"], point["lat"])


def test_from_near_one_sees_what_lies_there_from_grid_to_district(api, town):
    here = around(14, EAST_POINT)
    assert names(api("dispatcher"), here) == ["东街", "东街1社区", "东街1社区1格", "区"]
    assert names(api("east"), here) == ["东街", "东街1社区", "东街1社区1格"]
    assert names(api("worker"), here) == ["东街1社区1格"]


def test_levels_come_with_the_zoom(api, town):
    client = api("dispatcher")
    assert names(client, around(8, EAST_POINT)) == ["东街", "区", "西街"]
    assert len(names(client, around(9, EAST_POINT))) == 11
    whole = {name for address in tiles_over(10, *TOWN) for name in names(client, address)}
    assert len(whole) == 15


@pytest.mark.parametrize("zoom", [9, 10, 12, 14])
def test_each_name_stands_in_one_tile(api, town, zoom):
    client = api("dispatcher")
    found = [name for tile in tiles_over(zoom, *TOWN) for name in names(client, tile, "labels")]
    assert len(found) == len(set(found)) == (11 if zoom == 9 else 15)


def test_outsiders_see_nothing_of_another_street(api, town):
    for zoom in (0, 9, 12, 14):
        for point, other in ((EAST_POINT, "west"), (WEST_POINT, "east")):
            own = {"west": "西街", "east": "东街"}[other]
            for layer in ("areas", "labels"):
                found = names(api(other), around(zoom, point), layer)
                assert all(name.startswith(own) for name in found), (zoom, other)
    assert get_tile(api("west"), "areas", around(14, EAST_POINT)).content == b""


def test_who_has_no_post_sees_nothing_and_strangers_are_refused(api, town):
    town.people["new"] = type(town.people["west"]).objects.create(username="new", name="新人")
    assert get_tile(api("new"), "areas", (0, 0, 0)).content == b""
    answer = get_tile(APIClient(), "areas", (0, 0, 0))
    assert (answer.status_code, answer.data["code"]) == (401, "not_authenticated")


def test_known_tile_is_not_sent_again(api, town):
    first = get_tile(api("east"), "areas", around(12, EAST_POINT))
    again = get_tile(
        api("east"), "areas", around(12, EAST_POINT), **{"If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    other = get_tile(
        api("west"), "areas", around(12, EAST_POINT), **{"If-None-Match": first["ETag"]}
    )
    assert other.status_code == 200
    assert "东街".encode() not in other.content
    assert first["Cache-Control"] == "private, no-cache"


def test_new_name_and_new_boundary_show_at_once(api, town):
    client, here = api("dispatcher"), around(14, WEST_POINT)
    assert "西街1社区1格" in names(client, here)
    Area.objects.filter(name="西街1社区1格").update(name="新格")
    assert "新格" in names(client, here)
    now = timezone.now()
    version = BoundaryVersion.objects.create(
        level=AreaLevel.GRID, loaded_at=now, source="new", crs=Crs.WGS84
    )
    area = Area.objects.get(name="新格")
    Boundary.objects.filter(area=area).update(valid_to=now)
    Boundary.objects.create(
        area=area, version=version, geometry=square(118.5, 32.03, 118.51, 32.04), valid_from=now
    )
    assert "新格" not in names(client, here)


def test_area_out_of_use_is_gone(api, town):
    Area.objects.filter(name="东街1社区1格").update(is_active=False)
    assert "东街1社区1格" not in names(api("dispatcher"), around(14, EAST_POINT))


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (("x", 0, 0), {"z"}), ((23, 0, 0), {"z"}), ((-1, 0, 0), {"z"}), ((3, 8, 0), {"x"}),
        ((3, 0, 8), {"y"}), ((3, 9, 9), {"x", "y"}), ((3, "1.5", 0), {"x"}), ((3, "٣", 0), {"x"}),
        ((0, "9" * 5000, 0), {"x"}), (("9" * 5000, 0, 0), {"z"}), ((3, " 1", "+1"), {"x", "y"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["areas", "orders"])
def test_what_is_no_tile_is_refused(api, kind, address, fields):
    answer = get_tile(api("dispatcher"), kind, address)
    assert answer.status_code == 400
    refused = answer.json()
    assert (refused["code"], set(refused["fields"])) == ("invalid", fields)
