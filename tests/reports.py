"""An indicator that a department of the town reports, and batches as it sends them."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from dashboards.enums import Direction, Reach, Source, Window
from dashboards.models import Indicator, ReportedValue

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
URL = "/api/v1/indicators/dust/values/"
DISTRICT, EAST, GRID = "320111", "320111001", "320111001001001"


def reported_indicator(town, code="dust", **traits):
    plain = {
        "name": "扬尘", "domain": "environment", "unit": "µg/m³", "direction": Direction.LOWER,
        "window": Window.NOW, "source": Source.REPORT, "formula": "reported()",
        "owner": town.departments["城管局"], "interval_seconds": 300,
        "plausible_low": 0, "plausible_high": 2000, "reach": Reach.STREET,
    }  # fmt: skip
    return Indicator.objects.create(code=code, **{**plain, **traits})


def row(value=50, minutes=0, **more):
    return {"at": (NOON - timedelta(minutes=minutes)).isoformat(), "value": value, **more}


def report(client, *rows, url=URL):
    answer = client.post(url, {"values": list(rows)}, format="json")
    assert answer.status_code == 200, answer.data
    return answer.data


def reports_page(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def kept():
    return list(ReportedValue.objects.order_by("at").values_list("value", "status"))
