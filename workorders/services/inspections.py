"""The nightly look at the system's own promises, on record and in the log."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from workorders.enums import InspectionKind
from workorders.models import Inspection
from workorders.selectors.verification import verify_history
from workorders.services.recount import compare_figures
from workorders.services.seals import seal_history

logger = logging.getLogger(__name__)
GIVEN_UP = timedelta(hours=6)  # whoever began this long ago and has not ended is dead
LINES = 100  # of faults kept on record; the commands print them all


def inspect(*, at: datetime) -> list[Inspection]:
    """Seal the days that are over, verify history and recount the figures, once a night each.

    Several workers may be told at once: the row of the night belongs to the one that made it.
    """
    seal_history(at=at)
    looks: dict[InspectionKind, Callable[[], Iterator[tuple[int, list[str]]]]] = {
        InspectionKind.HISTORY: _look_at_history,
        InspectionKind.FIGURES: _look_at_figures,
    }
    return [_inspect(kind, look, at) for kind, look in looks.items() if _claim(kind, at)]


def _claim(kind: InspectionKind, at: datetime) -> bool:
    day = timezone.localdate(at)
    _, is_new = Inspection.objects.get_or_create(kind=kind, day=day, defaults={"started_at": at})
    if is_new:
        return True
    left = Q(finished_at__isnull=True, started_at__lt=at - GIVEN_UP)
    rows = Inspection.objects.filter(left, kind=kind, day=day)
    return rows.update(started_at=at) == 1


def _inspect(
    kind: InspectionKind, look: Callable[[], Iterator[tuple[int, list[str]]]], at: datetime
) -> Inspection:
    inspection = Inspection.objects.get(kind=kind, day=timezone.localdate(at))
    lines: list[str] = []
    for checked, faults in look():
        inspection.checked += checked
        inspection.faults += len(faults)
        lines += faults[: LINES - len(lines)]
    inspection.details = "\n".join(lines)
    inspection.finished_at = timezone.now()
    inspection.save()
    if inspection.faults:
        logger.error("%s: %d faults, such as %s", kind, inspection.faults, lines[0])
    return inspection


def _look_at_history() -> Iterator[tuple[int, list[str]]]:
    for part in verify_history():
        yield (
            part.events,
            [f"{place} #{fault.sequence}: {fault.kind}" for place, fault in part.faults],
        )


def _look_at_figures() -> Iterator[tuple[int, list[str]]]:
    for part in compare_figures():
        yield (
            part.cells,
            [
                f"{found.measure} {found.day or 'now'} {found.cell}:"
                f" held {found.held}, counted {found.counted}"
                for found in part.differences
            ],
        )
