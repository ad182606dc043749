"""`manage.py load_demo`: Pukou, its people, a month of made-up orders, departments' data."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.demo.feeds import load_reports
from governance.demo.history import ORDERS, load_history
from governance.demo.hub.checks import load_checks
from governance.demo.hub.loading import load_hub
from governance.demo.hub.opening import load_open_data
from governance.demo.hub.requests import load_requests
from governance.demo.loading import check_mode, load_reference
from governance.lib.errors import DomainError


class Command(BaseCommand):
    help = "Load the demo: areas, departments, people, catalogue. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-history", action="store_true", help="no made-up orders, values and rows"
        )
        parser.add_argument("--orders", type=int, default=ORDERS, help="how many made-up orders")

    def handle(self, *args, **options) -> None:
        try:
            check_mode()
            load_reference(at=timezone.now(), tell=self.stdout.write)
            if not options["no_history"]:
                self.stdout.write("A month of orders …")
                load_history(at=timezone.now(), orders=options["orders"])
                self.stdout.write("A day of values from the departments …")
                load_reports(at=timezone.now())
                self.stdout.write("Departments' data …")
                load_hub(at=timezone.now(), tell=self.stdout.write)
                load_requests(at=timezone.now())
                load_checks(at=timezone.now())
                load_open_data(at=timezone.now())
        except DomainError as error:
            raise CommandError(error.detail) from error
