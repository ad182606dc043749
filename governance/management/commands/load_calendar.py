"""`manage.py load_calendar YEAR...`: the official holidays and make-up working days."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from workorders.services.calendar import UnpublishedYearError, enter_official_year


class Command(BaseCommand):
    help = "Enter the public holidays and make-up working days of these years."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR")

    def handle(self, *args, **options) -> None:
        try:
            with transaction.atomic():
                count = sum(enter_official_year(year=year) for year in options["years"])
        except UnpublishedYearError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{count} days entered or changed.")
