"""Figures' raw material: deltas appended by each act, folded into the cube soon after."""

from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

from workorders.enums import STOCKS, Measure, State
from workorders.models import Cube, Delta, Rollup, WorkOrder
from workorders.services.rollups import ADMIT, adding, marking
from workorders.workflow import Facts, FigureCell

FOLD_BATCH = 5000

# Consume and delete: a reader of "id > last" would miss rows that commit out of order.
# An area that nobody has admitted yet waits for the next round.
FOLD = f"""
WITH taken AS (
    DELETE FROM workorders_delta WHERE id IN (
        SELECT id FROM workorders_delta
        WHERE area_id IN (SELECT area_id FROM workorders_rollupplace)
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING measure, day, area_id, category_id, channel_id, department_id, value
), summed AS (
    SELECT measure, day, area_id, category_id, channel_id, department_id,
           sum(value)::bigint AS value, count(*) AS deltas
    FROM taken GROUP BY 1, 2, 3, 4, 5, 6
), folded AS (
    INSERT INTO workorders_cube
        (measure, day, area_id, category_id, channel_id, department_id, value)
    SELECT measure, day, area_id, category_id, channel_id, department_id, value
    FROM summed ORDER BY measure, day, area_id, category_id, channel_id, department_id
    ON CONFLICT (measure, day, area_id, category_id, channel_id, department_id)
    DO UPDATE SET value = workorders_cube.value + EXCLUDED.value
    RETURNING area_id, measure
), rolled_up AS ({adding(cells="summed")}
), marked AS ({marking("SELECT DISTINCT day FROM summed WHERE day IS NOT NULL")})
SELECT coalesce(sum(deltas), 0)::bigint,
       coalesce((SELECT json_agg(json_build_array(area_id, measure))
                 FROM (SELECT DISTINCT area_id, measure FROM folded) AS touched), '[]')
FROM summed
"""  # noqa: S608


def facts_of(order: WorkOrder) -> Facts:
    """See an order as the figures do."""
    area_id = order.grid_id or order.community_id or order.street_id or order.district_id
    cell = (area_id, order.category_id, order.channel_id, order.department_id)
    return Facts(cell=cell, state=State(order.state), is_overdue=order.is_overdue)


def append_deltas(*, counts: Mapping[tuple[Measure, date | None, FigureCell], int]) -> None:
    """Append signed counts in the transaction of what they count."""
    Delta.objects.bulk_create(deltas_of(counts=counts))


def deltas_of(*, counts: Mapping[tuple[Measure, date | None, FigureCell], int]) -> list[Delta]:
    """Make the rows of signed counts; stocks carry no day."""
    return [
        Delta(
            measure=measure,
            day=None if measure in STOCKS else day,
            area_id=cell[0],
            category_id=cell[1],
            channel_id=cell[2],
            department_id=cell[3],
            value=value,
        )
        for (measure, day, cell), value in counts.items()
        if value
    ]


def fold_deltas() -> tuple[int, set[tuple[int, str]]]:
    """Add waiting deltas to the cube and its roll-ups.

    Returns how many, and which (area, measure) they touched.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADMIT)
        cursor.execute(FOLD, [FOLD_BATCH])
        folded, touched = cursor.fetchone()
    return int(folded), {(area_id, measure) for area_id, measure in touched}


def drop_empty_stocks() -> None:
    """Delete the cells of stocks that have come back to zero, so that reads stay short."""
    # A fold that is adding to such a cell holds its row: the delete waits and sees its new value.
    for model in (Cube, Rollup):
        model.objects.filter(day__isnull=True, value=0, measure__in=STOCKS).delete()
