from django.db import migrations, models

NOTE_CHANGES = """
CREATE FUNCTION note_calendar_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO workorders_calendarchange (day) VALUES (OLD.day);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.day <> OLD.day THEN
        INSERT INTO workorders_calendarchange (day) VALUES (NEW.day);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION note_working_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workorders_calendarchange (day) VALUES (NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER calendarday_noted AFTER INSERT OR UPDATE OR DELETE ON workorders_calendarday
    FOR EACH ROW EXECUTE FUNCTION note_calendar_day();
CREATE TRIGGER workcalendar_noted AFTER INSERT OR UPDATE OR DELETE ON workorders_workcalendar
    FOR EACH ROW EXECUTE FUNCTION note_working_hours();
"""
NOTE_NOTHING = """
DROP TRIGGER workcalendar_noted ON workorders_workcalendar;
DROP TRIGGER calendarday_noted ON workorders_calendarday;
DROP FUNCTION note_working_hours();
DROP FUNCTION note_calendar_day();
"""


class Migration(migrations.Migration):
    """Each change of the calendar is written down for the job that lets running clocks follow."""

    dependencies = [
        ('workorders', '0006_history_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Recalculation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calendar', models.JSONField(verbose_name='日历')),
                ('before', models.JSONField(null=True, verbose_name='原日历')),
                ('touched', models.JSONField(null=True, verbose_name='变动的日子')),
                ('noticed_at', models.DateTimeField(verbose_name='发现变动')),
                ('began_at', models.DateTimeField(verbose_name='本轮开始')),
                ('position', models.BigIntegerField(null=True)),
                ('is_clean', models.BooleanField(default=True)),
                ('is_settled', models.BooleanField(default=True, verbose_name='已全部重算')),
            ],
            options={
                'verbose_name': '时限重算',
                'verbose_name_plural': '时限重算',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='recalculation_only_one')],
            },
        ),
        migrations.RunSQL(NOTE_CHANGES, NOTE_NOTHING),
    ]
