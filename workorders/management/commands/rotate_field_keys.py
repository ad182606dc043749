from django.core.management.base import BaseCommand

from workorders.services import rotate_reporter_keys
from workorders.services.calls import rotate_draft_keys


class Command(BaseCommand):
    help = "Rewrite all reporters' data and drafts of calls under the first key of FIELD_KEYS."

    def handle(self, *args, **options):
        count = rotate_reporter_keys()
        drafts = rotate_draft_keys()
        self.stdout.write(
            f"{count} reporters and {drafts} drafts rewritten; older keys may now leave FIELD_KEYS."
        )
