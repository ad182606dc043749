from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Find the merged orders whose people must be asked; made concurrently."""

    atomic = False
    dependencies = [("workorders", "0009_history_seals")]
    operations = [
        AddIndexConcurrently(
            "workorder",
            models.Index(
                fields=["merged_into", "id"],
                condition=models.Q(state="merged", closed_at__isnull=True),
                name="order_merged_unasked",
            ),
        ),
    ]
