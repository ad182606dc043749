"""`manage.py remove_demo`: everything marked as demo goes; real orders stay as they are."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from governance.demo.removal import remove_demo
from workorders.models import WorkOrder


class Command(BaseCommand):
    help = "Remove the demo's orders, people and addresses. Stop the demo traffic first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask before deleting")

    def handle(self, *args, **options) -> None:
        orders = WorkOrder.objects.filter(is_demo=True).count()
        people = User.objects.filter(is_demo=True, is_active=True).count()
        self.stdout.write(f"This removes {orders} demo orders and {people} demo accounts.")
        if not options["yes"]:
            try:
                answer = input("Type yes to go on: ")
            except EOFError:
                answer = ""
            if answer.strip() != "yes":
                raise CommandError("Nothing was removed.")
        removed = remove_demo()
        self.stdout.write(
            f"Removed {removed.orders} orders, {removed.people} accounts and"
            f" {removed.addresses} addresses."
        )
        if removed.kept_people:
            self.stdout.write(
                f"{removed.kept_people} accounts stay, switched off: the access log names them."
            )
