from django.core.management.base import BaseCommand

from workorders.services import rotate_reporter_keys


class Command(BaseCommand):
    help = "Rewrite all reporters' data under the first key of FIELD_KEYS."

    def handle(self, *args, **options):
        count = rotate_reporter_keys()
        self.stdout.write(f"{count} reporters rewritten; older keys may now leave FIELD_KEYS.")
