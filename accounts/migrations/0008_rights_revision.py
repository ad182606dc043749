from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql

TABLE = "guardian_userobjectpermission"
# As for the reference data: a rolled-back change never gives its number to another one.
FUNCTION = """
CREATE SEQUENCE rights_revision_serial;
CREATE TABLE rights_revision (value bigint NOT NULL);
INSERT INTO rights_revision VALUES (nextval('rights_revision_serial'));
CREATE FUNCTION raise_rights_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rights_revision SET value = nextval('rights_revision_serial');
    RETURN NULL;
END $$;
"""
REVERSE = """
DROP FUNCTION raise_rights_revision();
DROP TABLE rights_revision;
DROP SEQUENCE rights_revision_serial;
"""


class Migration(migrations.Migration):
    """Grants on areas and departments say when they changed."""

    dependencies = [("accounts", "0007_exported"), ("guardian", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTION + trigger_sql(TABLE, revision="rights"),
            untrigger_sql(TABLE, revision="rights") + REVERSE,
        )
    ]
