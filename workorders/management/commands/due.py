"""`manage.py due LIMIT START`: when a limit is due by the calendar in the database, and why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from workorders.selectors import working_calendar
from workorders.worktime import Limit, Pause, due, explain


class Command(BaseCommand):
    help = (
        "Print when a limit is due: the instant in ISO 8601 on the first line, then each day that "
        "counts. Times without an offset are wall times of the district."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "limit",
            help='"30 minutes", "2 hours", "4 working hours", "3 working days" or "60 natural '
            'days"; days also "to end of day"',
        )
        parser.add_argument("start", help="such as 2026-09-30T16:00")
        parser.add_argument(
            "--pause",
            nargs=2,
            action="append",
            default=[],
            metavar=("FROM", "TO"),
            help="a time that does not count; may be given several times",
        )

    def handle(self, *args, **options) -> None:
        try:
            lines = answer(options["limit"], options["start"], options["pause"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        except OverflowError as error:
            raise CommandError("a time lies outside the years 1 to 9999") from error
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(f"the calendar cannot be read: {reason}") from error
        for line in lines:
            self.stdout.write(line)


def answer(limit: str, start: str, pauses: list[list[str]]) -> list[str]:
    """Give the due instant and its explanation; raises ValueError for what cannot be read."""
    calendar = working_calendar()
    zone = calendar.timezone
    case: dict[str, Any] = {
        "limit": Limit.parse(limit),
        "start": read_instant(start, zone),
        "pauses": [Pause(*(read_instant(edge, zone) for edge in span)) for span in pauses],
        "calendar": calendar,
    }
    return [due(**case).astimezone(zone).isoformat(), *explain(**case)]


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read a date with a time of day; raises ValueError for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not a time: {text!r} (such as 2026-09-30T16:00)") from None
    if ":" not in text:
        raise ValueError(f"no time of day: {text!r} (such as 2026-09-30T16:00)")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
