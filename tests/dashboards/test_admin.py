"""Thresholds and walls are edited in the admin; values only looked at."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from dashboards.models import Indicator, IndicatorValue, Wall
from dashboards.services import ensure_wall, refresh_figures
from tests.signs import load_signs


@pytest.fixture
def admin_client(town):
    load_signs()
    ensure_wall(slug="district", title="全区", area=town.areas["区"])
    refresh_figures(at=timezone.now())
    client = Client()
    client.force_login(
        User.objects.create_superuser("boss", password="town-pass-2026", name="管理员"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.mark.parametrize("model", [Indicator, IndicatorValue, Wall])
def test_lists_and_forms_open(admin_client, model):
    url = f"/admin/dashboards/{model._meta.model_name}/"
    row = model.objects.order_by("pk").first()
    answers = [admin_client.get(url, {"q": "x"}), admin_client.get(f"{url}{row.pk}/change/")]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_values_are_not_edited(admin_client):
    row = IndicatorValue.objects.order_by("pk").first()
    answer = admin_client.post(f"/admin/dashboards/indicatorvalue/{row.pk}/change/", {"value": "5"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("tiles", "is_saved"),
    [
        ('["environment-overdue"]', True),
        ("[]", True),
        ('["unknown"]', False),
        ("[1]", False),
        ("5", False),
        ('"environment-overdue"', False),
    ],
)
def test_tiles_name_known_indicators(admin_client, tiles, is_saved):
    wall = Wall.objects.get()
    form = {"slug": "changed", "title": "全区", "area": wall.area_id, "tiles": tiles}
    admin_client.post(f"/admin/dashboards/wall/{wall.pk}/change/", form)
    assert Wall.objects.filter(slug="changed").exists() is is_saved
