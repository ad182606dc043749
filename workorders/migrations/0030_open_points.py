from django.contrib.postgres.indexes import GistIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = [
    "registered", "verifying", "accepted", "dispatched", "handling", "suspended", "resolved",
    "follow_up",
]  # fmt: skip


class Migration(migrations.Migration):
    """Find the open orders of a tile by their place; made concurrently."""

    atomic = False
    dependencies = [("workorders", "0029_digest_names")]
    operations = [
        AddIndexConcurrently(
            "workorder",
            GistIndex(
                fields=["point"],
                name="order_open_point",
                condition=models.Q(state__in=OPEN, point__isnull=False),
            ),
        ),
    ]
