"""The raw material of figures: signed deltas appended by acts, folded into a cube."""

from django.db import models

from accounts.models import Department
from grids.models import Area
from workorders.enums import Measure
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
