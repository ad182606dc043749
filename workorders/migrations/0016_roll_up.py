from django.db import migrations

FILL = """
SET LOCAL work_mem = '256MB';
INSERT INTO workorders_rollupplace (area_id, root_id)
SELECT a.id, root.id FROM grids_area a
LEFT JOIN grids_area b ON b.id = a.parent_id
LEFT JOIN grids_area c ON c.id = b.parent_id
LEFT JOIN grids_area d ON d.id = c.parent_id
CROSS JOIN LATERAL (
    VALUES (a.id, a.level), (b.id, b.level), (c.id, c.level), (d.id, d.level)
) AS root (id, level) WHERE root.level <= 2;
INSERT INTO workorders_rollup
    (area_id, measure, face, day, category_id, channel_id, department_id, level, value)
SELECT root_id, measure, 15 - GROUPING(category_id, channel_id, department_id, level), day,
       category_id, channel_id, department_id, level, sum(value)
FROM workorders_cube JOIN workorders_rollupplace USING (area_id)
JOIN grids_area ON grids_area.id = area_id
WHERE day IS NULL OR day >= current_date - 101
GROUP BY root_id, measure, day, GROUPING SETS
    ((), (level), (department_id), (channel_id), (category_id), (category_id, channel_id))
HAVING sum(value) <> 0
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8;
"""
EMPTY = "TRUNCATE workorders_rollup, workorders_rollupplace;"


class Migration(migrations.Migration):
    """Roll up what the cube holds already."""

    dependencies = [("workorders", "0015_rollups")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
