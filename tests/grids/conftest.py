"""Fixtures of the tests of areas."""

import pytest

from tests.grids.area_files import COMMUNITIES, DISTRICT, GRIDS, STREETS, load, write


@pytest.fixture
def tree(tmp_path):
    """District, street and two communities; their grids are still to come."""
    for level, areas in (("district", DISTRICT), ("street", STREETS), ("community", COMMUNITIES)):
        assert load(write(tmp_path / f"{level}.geojson", areas), level)["loaded"]
    return tmp_path


@pytest.fixture
def grids(tree):
    load(write(tree / "grids.geojson", GRIDS))
    return tree
