from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = [
    "registered", "verifying", "accepted", "dispatched", "handling", "suspended", "resolved",
    "follow_up",
]  # fmt: skip
COLUMNS = {
    "district": "district", "street": "street", "community": "community", "grid": "grid",
    "department": "department", "holder_area": "holder",
}  # fmt: skip


class Migration(migrations.Migration):
    """Serve the counters beside the views; made concurrently, for the table may be large."""

    atomic = False
    dependencies = [("workorders", "0007_recalculation")]
    operations = [
        *(
            AddIndexConcurrently(
                "workorder",
                models.Index(
                    fields=[column, "state", "due_at", "id"],
                    name=f"order_{name}_state",
                    condition=models.Q(state__in=OPEN),
                ),
            )
            for column, name in COLUMNS.items()
        ),
        AddIndexConcurrently(
            "workorder",
            models.Index(
                fields=["district", "due_at", "id"],
                name="order_unplaced",
                condition=models.Q(state__in=OPEN, place_source="unknown"),
            ),
        ),
    ]
