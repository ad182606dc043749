"""The bare address of the wall leads on, for those who may look at one."""

import pytest
from django.test import Client
from pytest_django.asserts import assertRedirects

from dashboards.models import Wall


@pytest.fixture
def walls(town):
    Wall.objects.create(slug="east", title="东街", area=town.areas["东街"])
    Wall.objects.create(slug="a-closed", title="停用", area=town.areas["区"], is_active=False)
    Wall.objects.create(slug="district", title="全区", area=town.areas["区"])


@pytest.mark.parametrize(("username", "status"), [("dispatcher", 404), ("west", 404)])
def test_bare_address_is_nothing_without_the_right(town, walls, username, status):
    client = Client()
    client.force_login(town.people[username])
    assert client.get("/wall/").status_code == status


def test_bare_address_leads_a_leader_to_the_first_active_wall(town, walls):
    client = Client()
    client.force_login(town.people["leader"])
    assertRedirects(client.get("/wall/"), "/wall/district/", fetch_redirect_response=False)


def test_bare_address_asks_strangers_to_sign_in(db):
    assertRedirects(Client().get("/wall/"), "/sign-in/?next=/wall/", fetch_redirect_response=False)
