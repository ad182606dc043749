"""Prove the cube: compare it, with the deltas that wait, to a recount of orders and events."""

import time
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from workorders.selectors import reference
from workorders.services.recount import compare_figures, repair_figures


class Command(BaseCommand):
    help = "Print every figure that differs from a recount; exit 1 if one does."

    def add_arguments(self, parser):
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="leave out the days before")
        parser.add_argument(
            "--repair", action="store_true", help="append the deltas that are missing"
        )

    def handle(self, *args, since, repair, **options):
        began_at = time.monotonic()
        days = cells = faults = 0
        for part in compare_figures(since=self._day(since)):
            days += part.day is not None
            cells += part.cells
            faults += len(part.differences)
            for found in part.differences:
                self.stdout.write(describe(found))
            if repair:
                repair_figures(differences=part.differences)
        took = time.monotonic() - began_at
        done = ", repaired" if repair and faults else ""
        self.stdout.write(
            f"{cells} cells of {days} days and of now compared in {took:.1f} s;"
            f" differences: {faults}{done}"
        )
        if faults and not repair:
            raise SystemExit(1)

    def _day(self, text):
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise CommandError(f"--since: {text} is no date such as 2026-10-01") from error


def describe(found):
    """Name a cell by codes, and say what it holds and what was counted."""
    known = reference()
    area_id, category_id, channel_id, department_id = found.cell
    places = {
        "area": known.area(area_id),
        "category": known.category(category_id),
        "channel": known.channel(channel_id),
        "department": known.department(department_id),
    }
    where = " ".join(f"{name}={place.code if place else '-'}" for name, place in places.items())
    kind = f"{found.measure} {found.day or 'now'}"
    if found.face is not None:
        kind += f" rolled up by {found.face.name.lower()}"
    return f"{kind} {where}: held {found.held}, counted {found.counted}"
