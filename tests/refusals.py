"""What the tests of bad input share: payloads, deliveries, the shape of a refusal, and a fuzz."""

import json
from uuid import uuid4

from django.apps import apps
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.town import EAST_POINT

SHAPE = {"detail", "code", "fields"}
COUNTED = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("workorders", "grids", "accounts", "knox")
]


def row_counts():
    """Count the rows of every table by one statement: a fuzz asks before and after each body."""
    parts = (
        f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table}" for model in COUNTED
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def payload_of(channel, **changes):
    """Make a payload that the channel accepts, with every optional field filled."""
    person = {"name": "演示居民", "phone": "13900000000", "id_number": "320111199001011234"}
    common = {
        "occurred_at": "2026-03-02T09:00:00+08:00", "text": "东街一号门口井盖缺失。",
        "address": "东街一号", "point": {**EAST_POINT, "crs": "wgs84"}, "category": "manhole",
        "urgency": "normal", "is_demo": True,
    }  # fmt: skip
    own = {
        "hotline": {"ticket_number": "T-1", "title": "井盖", "nature": "help", "caller": person,
                    "is_confidential": False},
        "patrol": {"record_uuid": str(uuid4())},
        "police": {"incident_number": "P-1", "police_station": "一所", "caller": person},
        "petition": {"petition_number": "X-1", "title": "来信", "petitioner": person,
                     "people_count": 2},
        "public": {"record_uuid": str(uuid4()), "resident": person},
    }[channel]  # fmt: skip
    return {**common, **own, **changes}


def deliver(town, body, *, channel="hotline", token=None, content_type="application/json"):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    header = f"Bearer {town.tokens[channel] if token is None else token}"
    return Client().post(
        f"/api/v1/intake/{channel}/", raw, content_type=content_type, HTTP_AUTHORIZATION=header
    )


def refusal(answer, status=400, code=None):
    """Check the shape of a refusal and give the names of its fields."""
    content = answer.json()
    assert answer.status_code == status, content
    assert set(content) >= SHAPE
    assert content["detail"]
    if code:
        assert content["code"] == code
    return set(content["fields"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FUZZ = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check_answer(answer):
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert set(answer.json()) >= SHAPE
