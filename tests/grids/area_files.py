"""A small map of areas as files, and the command that loads them."""

import json
import subprocess
from io import StringIO

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely.geometry import mapping

from grids.geometry import coverage_union

WEST, SOUTH, STEP = 118.5, 32.0, 0.01


def cell(column, row):
    west, south = WEST + STEP * column, SOUTH + STEP * row
    return shapely.box(west, south, west + STEP, south + STEP)


GRIDS = [
    {
        "code": f"C{column // 2}-{column}{row}",
        "name": f"第{column}{row}网格",
        "parent": f"C{column // 2}",
        "kind": "dedicated" if (column, row) == (3, 1) else "comprehensive",
        "shape": cell(column, row),
    }
    for column in range(4)
    for row in range(2)
]


def union(*codes):
    return coverage_union([grid["shape"] for grid in GRIDS if grid["parent"] in codes])


DISTRICT = [{"code": "D", "name": "区", "shape": union("C0", "C1")}]
STREETS = [{"code": "S", "name": "江浦街道", "parent": "D", "shape": union("C0", "C1")}]
COMMUNITIES = [
    {"code": code, "name": f"{code}社区", "parent": "S", "shape": union(code)}
    for code in ("C0", "C1")
]


def write(path, areas):
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in area.items() if name != "shape"},
            "geometry": area["shape"] and mapping(area["shape"]),
        }
        for area in areas
    ]
    content = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def load(path, level="grid", *options, crs="wgs84"):
    """Run the command; return its JSON answer."""
    out = StringIO()
    call_command("load_areas", path, "--level", level, "--crs", crs, "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def refusal(path, level="grid", *options, crs="wgs84"):
    """Run the command, which must fail; return its JSON answer and exit status."""
    out = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command(
            "load_areas", path, "--level", level, "--crs", crs, "--json", *options, stdout=out
        )
    return json.loads(out.getvalue()), failure.value.returncode


def changed(areas, position, **values):
    return [area | values if at == position else area for at, area in enumerate(areas)]


def convert(source, target, *options):
    subprocess.run(["ogr2ogr", *options, target, source], check=True, capture_output=True)
    return target
