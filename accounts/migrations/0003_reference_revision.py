from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql

# The value comes from a sequence: a rolled-back change never gives its number to another one.
FUNCTION = """
CREATE SEQUENCE reference_revision_serial;
CREATE TABLE reference_revision (value bigint NOT NULL);
INSERT INTO reference_revision VALUES (nextval('reference_revision_serial'));
CREATE FUNCTION raise_reference_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reference_revision SET value = nextval('reference_revision_serial');
    RETURN NULL;
END $$;
"""
REVERSE = """
DROP FUNCTION raise_reference_revision();
DROP TABLE reference_revision;
DROP SEQUENCE reference_revision_serial;
"""


class Migration(migrations.Migration):
    """Reference data says when it changed."""

    dependencies = [("accounts", "0002_access_log_append_only")]
    operations = [
        migrations.RunSQL(
            FUNCTION + trigger_sql("accounts_department"),
            untrigger_sql("accounts_department") + REVERSE,
        )
    ]
