import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workorders", "0025_knowledge"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="escalation",
            name="event",
        ),
        migrations.AlterField(
            model_name="escalation",
            name="clock",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="escalations",
                to="workorders.clock",
            ),
        ),
    ]
