"""What has become of an act for many orders: read by the person who asked for it alone."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import User
from governance.lib.errors import NotFoundError
from workorders.models import BulkJob, BulkRow


@dataclass(frozen=True)
class BulkOutcome:
    """A job with its rows counted, and those that were refused."""

    job: BulkJob
    total: int
    done: int
    waiting: int
    refused: list[BulkRow]

    @property
    def handled(self) -> int:
        return self.total - self.waiting


def bulk_outcome(*, uuid: UUID, user: User) -> BulkOutcome:
    """Read one's own job; raise NotFoundError for that of somebody else."""
    job = BulkJob.objects.filter(uuid=uuid, actor=user).first()
    if job is None:
        raise NotFoundError("没有这个批量操作，或它不是您提交的。")
    waiting = Q(done_at__isnull=True)
    counts = job.rows.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=waiting),
        done=Count("pk", filter=~waiting & Q(code="")),
    )
    refused = list(job.rows.exclude(code="").order_by("pk"))
    return BulkOutcome(job=job, refused=refused, **counts)
