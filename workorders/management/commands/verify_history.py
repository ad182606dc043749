"""Verify that nobody changed, removed or inserted an event behind the application's back."""

import time

from django.core.management.base import BaseCommand, CommandError

from governance.lib.errors import NotFoundError
from workorders.models import HistorySeal
from workorders.selectors.verification import Verified, verify_history


class Command(BaseCommand):
    help = "Recompute every event's digest and every day's seal; exit 1 if anything differs."

    def add_arguments(self, parser):
        parser.add_argument("--order", default="", metavar="NUMBER", help="this order alone")
        parser.add_argument(
            "--seal", default="", metavar="DIGEST",
            help="a seal's digest noted elsewhere earlier, which must still be among the seals",
        )  # fmt: skip

    def handle(self, *args, order, seal, **options):
        began_at = time.monotonic()
        total = Verified()
        try:
            for part in verify_history(number=order):
                self._tell(part)
                total.orders += part.orders
                total.events += part.events
                total.days += part.days
                total.faults += part.faults
        except NotFoundError as error:
            raise CommandError(error.detail) from error
        is_noted = self._has_seal(seal)
        took = time.monotonic() - began_at
        counted = f"{total.orders} orders, {total.events} events, {total.days} sealed days"
        self.stdout.write(f"{counted} verified in {took:.1f} s; faults: {len(total.faults)}")
        self._tell_newest_seal()
        if total.faults or not is_noted:
            raise SystemExit(1)

    def _tell(self, part):
        for place, fault in part.faults:
            at = f" event {fault.sequence}" if fault.sequence else ""
            self.stdout.write(f"{place}{at}: {fault.kind}")

    def _has_seal(self, noted):
        if not noted:
            return True
        kept = {
            bytes(digest).hex() for digest in HistorySeal.objects.values_list("digest", flat=True)
        }
        if noted.lower() not in kept:
            self.stdout.write(f"seal {noted}: removed or changed since it was noted")
        return noted.lower() in kept

    def _tell_newest_seal(self):
        seal = HistorySeal.objects.order_by("-day").first()
        if seal is not None:
            self.stdout.write(f"newest seal, of {seal.day}: {bytes(seal.digest).hex()}")
