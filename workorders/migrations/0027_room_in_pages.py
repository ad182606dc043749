from django.db import migrations

# A rung changes no indexed column of an order: with room in its page the new version stays there,
# and none of the table's thirty indexes is written. For what is written from now on.
ROOM = "ALTER TABLE workorders_workorder SET (fillfactor = 80)"
NO_ROOM = "ALTER TABLE workorders_workorder RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [
        ("workorders", "0026_escalation_without_event"),
    ]

    operations = [
        migrations.RunSQL(sql=ROOM, reverse_sql=NO_ROOM),
    ]
