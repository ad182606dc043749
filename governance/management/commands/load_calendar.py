"""`manage.py load_calendar YEAR...`: the official holidays and make-up working days."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.demo.catalogue import load_calendar


class Command(BaseCommand):
    help = "Enter the public holidays and make-up working days of these years."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR")

    def handle(self, *args, **options) -> None:
        try:
            count = load_calendar(years=tuple(options["years"]))
        except ValueError as error:
            raise CommandError(f"{error} Update the package chinesecalendar.") from error
        self.stdout.write(f"{count} days entered or changed.")
