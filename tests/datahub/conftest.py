from datetime import date

import pytest
from guardian.shortcuts import assign_perm

from accounts.enums import Role
from accounts.models import User
from grids.services import appoint
from tests.datahub.catalogue import build_hub


@pytest.fixture
def hub(town):
    return build_hub(town)


@pytest.fixture
def people(town, hub):
    """The town's people, and some whom only the hub knows differently."""
    everybody = dict(town.people)
    for name in ("administrator", "nobody", "granted"):
        everybody[name] = User.objects.create(username=name, name=name, password="!")
    centre = town.departments["区中心"]
    appoint(
        user=everybody["administrator"], role=Role.ADMINISTRATOR, starts_on=date(2026, 1, 1),
        department=centre,
    )  # fmt: skip
    for resource in hub.all:
        assign_perm("view_rows", everybody["granted"], resource)
    everybody["root"] = User.objects.create_superuser("root", password="root", name="超级")
    town.people = everybody
    return everybody
