from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

# The same runs and pieces as `workorders.selectors.search` asks for.
CREATE_GRAMS = r"""
CREATE FUNCTION order_grams(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(run, place, size))), ''::tsvector)
    FROM (
        SELECT found[1] AS run, CASE WHEN found[1] ~ '^[0-9a-z]' THEN 3 ELSE 2 END AS size
        FROM regexp_matches(lower(normalize(words, NFKC)),
            '([0-9a-z]+|[\u00c0-\u024f\u0370-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)',
            'g') AS found
    ) AS runs, generate_series(1, length(run)) AS place
$$;
"""
DROP_GRAMS = "DROP FUNCTION order_grams(text);"
# Digits of the order's own number are searched for, too.
NUMBER_WORDS = """
UPDATE workorders_ordersearch AS search SET text = worked.number || ' ' || search.text
FROM workorders_workorder AS worked WHERE worked.id = search.order_id
    AND search.text NOT LIKE worked.number || ' %';
"""


class Migration(migrations.Migration):
    """Search by pieces of two characters: an index of three finds no Chinese word of two."""

    dependencies = [("workorders", "0017_rollup_days")]

    operations = [
        migrations.RemoveIndex(model_name="ordersearch", name="ordersearch_trgm"),
        migrations.RunSQL(NUMBER_WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(CREATE_GRAMS, DROP_GRAMS),
        migrations.AddField(
            model_name="ordersearch",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("text", function="order_grams"),
                output_field=SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="ordersearch",
            index=GinIndex(fields=["grams"], name="ordersearch_grams"),
        ),
    ]
