"""The cube rolled up to districts and streets, so that their readers never add up fine cells.

The fold keeps the roll-ups; here they are proven, made anew, and moved where areas have come to lie
elsewhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from workorders.enums import Face, Measure
from workorders.models import ROLLED_UP_DAYS

KEPT_FOR = timedelta(days=ROLLED_UP_DAYS)
SLACK = timedelta(days=7)  # for whoever still reads as of another day
KEY = "area_id, measure, face, day, category_id, channel_id, department_id, level"
# Every area with each district and street at or above it, as the tree now stands.
TREE = """(
    SELECT a.id AS area_id, root.id AS root_id, 1 AS sign FROM grids_area a
    LEFT JOIN grids_area b ON b.id = a.parent_id
    LEFT JOIN grids_area c ON c.id = b.parent_id
    LEFT JOIN grids_area d ON d.id = c.parent_id
    CROSS JOIN LATERAL (
        VALUES (a.id, a.level), (b.id, b.level), (c.id, c.level), (d.id, d.level)
    ) AS root (id, level) WHERE root.level <= 2
)"""
PLACES = "(SELECT area_id, root_id, 1 AS sign FROM workorders_rollupplace)"


def risen(*, cells: str, places: str) -> str:
    """Write the SQL that rolls cells up to the places above them, once for each face."""
    # GROUPING has a bit for each thing that is summed over, a face for each that is kept.
    return f"""
        SELECT root_id AS area_id, measure, day, category_id, channel_id, department_id, level,
               15 - GROUPING(category_id, channel_id, department_id, level) AS face,
               sum(sign * value)::bigint AS value
        FROM {cells} AS cells JOIN {places} AS places USING (area_id)
        JOIN grids_area ON grids_area.id = area_id
        GROUP BY root_id, measure, day, GROUPING SETS
            ((), (level), (department_id), (channel_id), (category_id), (category_id, channel_id))
    """  # noqa: S608


def adding(*, cells: str, places: str = PLACES) -> str:
    """Write the statement that adds cells to the roll-ups of the places above them."""
    return f"""
        INSERT INTO workorders_rollup AS held ({KEY}, value)
        SELECT {KEY}, value FROM ({risen(cells=cells, places=places)}) AS risen WHERE value <> 0
        ORDER BY {KEY} ON CONFLICT ({KEY}) DO UPDATE SET value = held.value + EXCLUDED.value
    """  # noqa: S608


# Areas in which nothing was counted before; `follow_areas` alone moves those that are known.
ADMIT = f"""
INSERT INTO workorders_rollupplace (area_id, root_id)
SELECT area_id, root_id FROM {TREE} AS tree WHERE area_id IN (
    SELECT area_id FROM workorders_delta d WHERE NOT EXISTS (
        SELECT FROM workorders_rollupplace p WHERE p.area_id = d.area_id
    )
) ON CONFLICT DO NOTHING
"""  # noqa: S608


def marking(days: str) -> str:
    """Write the statement that gives days a new revision: something was counted into them."""
    return f"""
        INSERT INTO workorders_rollupday (day, revision)
        SELECT day, nextval('workorders_rollup_serial') FROM ({days}) AS days ORDER BY day
        ON CONFLICT (day) DO UPDATE SET revision = EXCLUDED.revision
    """  # noqa: S608


MARK = marking("SELECT generate_series(%(first)s, %(day)s, interval '1 day')::date AS day")
# A fold admits areas before it counts, and so waits for whoever holds this.
LOCK = "LOCK TABLE workorders_rollupplace IN SHARE ROW EXCLUSIVE MODE"
LEAVE = f"""
DELETE FROM workorders_rollupplace p WHERE NOT EXISTS (
    SELECT FROM {TREE} AS tree WHERE (tree.area_id, tree.root_id) = (p.area_id, p.root_id)
) RETURNING area_id, root_id
"""  # noqa: S608
ENTER = f"""
INSERT INTO workorders_rollupplace (area_id, root_id)
SELECT area_id, root_id FROM {TREE} AS tree WHERE area_id = ANY(%s)
ON CONFLICT DO NOTHING RETURNING area_id, root_id
"""  # noqa: S608
KNOWN = "SELECT DISTINCT area_id FROM workorders_rollupplace"
MOVED = """(
    SELECT * FROM unnest(%(areas)s::bigint[], %(roots)s::bigint[], %(signs)s::int[])
        AS m (area_id, root_id, sign)
)"""
RECENT = """(
    SELECT * FROM workorders_cube
    WHERE measure = ANY(%(measures)s) AND (day IS NULL OR day >= %(day)s)
)"""


# One day, or the stocks, by the indexes of both tables, which begin with measure and area.
OF_DAY = "measure = ANY(%(measures)s) AND day = %(day)s"
OF_NOW = "measure = ANY(%(measures)s) AND day IS NULL"
HELD = """
SELECT {columns} FROM workorders_rollup
WHERE area_id IN (SELECT id FROM grids_area WHERE level <= 2) AND face = ANY(%(faces)s) AND {when}
"""
DROP = f"DELETE FROM workorders_rollup WHERE id IN ({HELD.replace('{columns}', 'id')})"  # noqa: S608


def follow_areas(*, day: date) -> int:
    """Move the counts of areas that now lie elsewhere; return how many places that were.

    Reads the cube of all days that are rolled up if there are any, which is as rare as a street
    that is cut anew.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(KNOWN)
        known = [area_id for (area_id,) in cursor.fetchall()]
        cursor.execute(LEAVE)
        moved = [(*place, -1) for place in cursor.fetchall()]
        cursor.execute(ENTER, [known])
        moved += [(*place, 1) for place in cursor.fetchall()]
        if moved:
            areas, roots, signs = map(list, zip(*moved, strict=True))
            given = _of(day - KEPT_FOR) | {"areas": areas, "roots": roots, "signs": signs}
            cursor.execute(adding(cells=RECENT, places=MOVED), given)
            cursor.execute(MARK, {"first": day - KEPT_FOR, "day": day})
    return len(moved)


def drop_old_rollups(*, day: date) -> None:
    """Drop what is rolled up of days that nobody reads so any more."""
    when = "measure = ANY(%(measures)s) AND day < %(day)s"
    with connection.cursor() as cursor:
        cursor.execute(DROP.format(when=when), _of(day - KEPT_FOR - SLACK))


@dataclass(frozen=True)
class Unequal:
    """A cell of a roll-up that is not the sum of the cube's cells."""

    face: Face
    measure: Measure
    area_id: int
    category_id: int | None
    channel_id: int | None
    department_id: int | None
    level: int | None
    held: int
    counted: int


def compare_rollups(*, day: date | None) -> list[Unequal]:
    """Compare the roll-ups of a day (or of now) with the sums of the cube's cells."""
    when = OF_NOW if day is None else OF_DAY
    cells = f"(SELECT * FROM workorders_cube WHERE {when})"  # noqa: S608
    names = "face, measure, area_id, category_id, channel_id, department_id, level"
    statement = f"""
        SELECT {names}, sum(held)::bigint, sum(counted)::bigint FROM (
            SELECT {names}, value AS held, 0 AS counted
            FROM ({HELD.format(columns=KEY + ", value", when=when)}) AS held
            UNION ALL
            SELECT {names}, 0, value FROM ({risen(cells=cells, places=TREE)}) AS risen
        ) AS both_sides GROUP BY {names} HAVING sum(held) <> sum(counted) ORDER BY {names}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, _of(day))
        return [
            Unequal(Face(face), Measure(measure), *rest)
            for face, measure, *rest in cursor.fetchall()
        ]


def rebuild_rollups(*, day: date | None) -> None:
    """Make the roll-ups of a day (or of now) anew from the cube."""
    when = OF_NOW if day is None else OF_DAY
    cells = f"(SELECT * FROM workorders_cube WHERE {when})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(DROP.format(when=when), _of(day))
        cursor.execute(adding(cells=cells), _of(day))
        if day is not None:
            cursor.execute(MARK, {"first": day, "day": day})


def _of(day: date | None) -> dict[str, Any]:
    return {"day": day, "measures": Measure.values, "faces": Face.values}
