"""`manage.py run_cross_checks [CODE ...]`: compare now, whatever was looked at last."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from datahub.models import CrossCheck
from datahub.services import run_cross_checks


class Command(BaseCommand):
    help = "Run the cross-checks in use, or those named by their codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="codes of checks; all in use without any")

    def handle(self, *args, **options) -> None:
        codes = options["codes"]
        known = set(CrossCheck.objects.filter(code__in=codes).values_list("code", flat=True))
        if unknown := sorted(set(codes) - known):
            raise CommandError(f"没有比对规则 {'、'.join(unknown)}")
        for run in run_cross_checks(at=timezone.now(), codes=codes):
            told = run.problem or f"{run.found} 条疑点，新增 {run.appeared}，消失 {run.vanished}"
            self.stdout.write(f"{run.cross_check.name}：{told}")
