from django.core.management.base import BaseCommand

from datahub.services import rotate_source_keys
from grids.services.elements import rotate_element_keys
from workorders.services import rotate_reporter_keys
from workorders.services.calls import rotate_draft_keys


class Command(BaseCommand):
    help = "Rewrite all that is encrypted under the first key of FIELD_KEYS."

    def handle(self, *args, **options):
        count = rotate_reporter_keys()
        drafts, elements = rotate_draft_keys(), rotate_element_keys()
        sources = rotate_source_keys()
        self.stdout.write(
            f"{count} reporters, {drafts} drafts, {elements} elements and {sources} sources "
            "rewritten; older keys may now leave FIELD_KEYS."
        )
