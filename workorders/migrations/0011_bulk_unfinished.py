from django.db import migrations, models


class Migration(migrations.Migration):
    """Find the bulk acts that have not ended."""

    dependencies = [("workorders", "0010_merged_unasked")]
    operations = [
        migrations.AddIndex(
            "bulkjob",
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="bulkjob_unfinished",
            ),
        ),
    ]
