"""The raw material of figures: signed deltas appended by acts, folded into a cube."""

from typing import Any

from django.db import models

from accounts.models import Department
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import Face, Measure
from workorders.models.catalogue import Category, Channel


class Cell(models.Model):
    """Where a count belongs: the finest known area, category, channel, department and day.

    Stocks (open, overdue) carry no day: they hold now.
    """

    measure = models.CharField(max_length=24, choices=Measure.choices)
    day = models.DateField(null=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    value = models.BigIntegerField()

    class Meta:
        abstract = True


class Delta(Cell):
    """One signed count of one act, waiting to be folded; consumed by the folder."""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.measure} {self.value:+d}"


class Cube(Cell):
    """The sum of all folded deltas of one cell."""

    class Meta:
        default_permissions = ()
        constraints = [
            # Also serves the reads of figures: a measure, a day, then everything beneath.
            models.UniqueConstraint(
                fields=["measure", "day", "area", "category", "channel", "department"],
                nulls_distinct=False,
                name="cube_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class RollupPlace(models.Model):
    """Into which districts and streets the counts of an area are rolled up; itself included."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    root = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            # Also serves the fold: the roots of an area.
            models.UniqueConstraint(fields=["area", "root"], name="rollup_place")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} in {self.root_id}"


# Roll-ups of older days are dropped: the windows of indicators do not reach there, and few orders
# spread over many days roll up to more rows than they are.
ROLLED_UP_DAYS = 100


def _kept(model: type[models.Model]) -> "models.ForeignKey[Any, Any]":
    """Point to what a face keeps; the cube's own cells hold that it exists."""
    return models.ForeignKey(
        model, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )


class RollupDay(models.Model):
    """When something was last counted into a day: readers keep what they have added up until then.

    The revision comes from a sequence, so that no rolled-back fold gives its number to another.
    """

    day = models.DateField(primary_key=True)
    revision = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.revision}"


class Rollup(models.Model):
    """The cube rolled up to a district or street, with what one face tells apart and no more.

    Every count is in each of the faces; what a face does not keep is null. For the last
    `ROLLED_UP_DAYS` and for now it always equals the sum of the cube's cells over `RollupPlace`.
    """

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    measure = models.CharField(max_length=24, choices=Measure.choices)
    face = models.PositiveSmallIntegerField(choices=Face.choices)
    day = models.DateField(null=True)
    category = _kept(Category)
    channel = _kept(Channel)
    department = _kept(Department)
    level = models.PositiveSmallIntegerField(choices=AreaLevel.choices, null=True)
    value = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also serves the reads of figures: areas, measures, one face, a span of days.
            models.UniqueConstraint(
                fields=[
                    "area", "measure", "face", "day", "category", "channel", "department", "level",
                ],
                nulls_distinct=False,
                name="rollup_cell",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.get_face_display()} {self.value}"
