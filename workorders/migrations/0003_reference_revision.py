from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql

TABLES = (
    "workorders_calendarday",
    "workorders_category",
    "workorders_channel",
    "workorders_timelimit",
    "workorders_workcalendar",
)


class Migration(migrations.Migration):
    """The calendar, limits, categories and channels raise the revision of the reference data."""

    dependencies = [
        ("workorders", "0002_numbers_and_append_only"),
        ("accounts", "0003_reference_revision"),
    ]
    operations = [
        migrations.RunSQL(trigger_sql(*TABLES), untrigger_sql(*TABLES)),
        migrations.RemoveField("workcalendar", "revision"),
    ]
