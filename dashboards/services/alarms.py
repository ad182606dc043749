"""Who has seen an alarm: once, by a leader of the place or whoever is on duty there."""

from datetime import datetime

from django.db import transaction

from accounts.enums import Right
from accounts.models import User
from dashboards.models import Episode
from dashboards.selectors.duty import is_on_duty
from dashboards.services.revisions import lock_mark, next_revision
from dashboards.services.telling import tell_untold
from governance.lib.errors import ConflictError, ForbiddenError, NotFoundError
from grids.selectors import Scope, place_of


class NotOnDutyError(ForbiddenError):
    code = "not_on_duty"
    detail = "只有本区域的领导或当班人员可以确认告警。"


class NeverRedError(ConflictError):
    code = "never_red"
    detail = "该指标没有告警过，无需确认。"


class AlreadyAcknowledgedError(ConflictError):
    """Somebody else was first; `acknowledged_by` and `acknowledged_at` say who and when."""

    code = "already_acknowledged"

    def __init__(self, episode: Episode) -> None:
        super().__init__(
            f"{episode.acknowledged_label}已先行确认。",
            extra={
                "acknowledged_by": episode.acknowledged_label,
                "acknowledged_at": episode.acknowledged_at,
            },
        )


def acknowledge(*, episode_id: int, user: User, scope: Scope, at: datetime) -> Episode:
    """Note who has taken up an alarm; the same person may say so again.

    Raises NotFoundError to those who may not see the area's figures, NotOnDutyError, NeverRedError
    or AlreadyAcknowledgedError.
    """
    with transaction.atomic():
        lock_mark()  # before the episode, as those who judge do
        episode = _locked(episode_id)
        _check_person(episode, user, scope, at)
        if episode.red_at is None:
            raise NeverRedError()
        if episode.acknowledged_by_id == user.pk:
            return episode
        if episode.acknowledged_at is not None:
            raise AlreadyAcknowledgedError(episode)
        episode.acknowledged_at = at
        episode.acknowledged_by = user
        episode.acknowledged_label = user.name or user.username
        episode.revision = next_revision()
        episode.save(
            update_fields=["acknowledged_at", "acknowledged_by", "acknowledged_label", "revision"]
        )
    tell_untold()
    return episode


def _locked(episode_id: int) -> Episode:
    episodes = Episode.objects.select_related("area", "indicator", "order")
    found = episodes.select_for_update(of=("self",)).filter(pk=episode_id).first()
    if found is None:
        raise NotFoundError()
    return found


def _check_person(episode: Episode, user: User, scope: Scope, at: datetime) -> None:
    place = place_of(episode.area)
    if scope.covers_place(Right.INSTRUCT_ORDERS, place):
        return
    if is_on_duty(user=user, area=episode.area, at=at):
        return
    if scope.covers_place(Right.VIEW_WALL, place) or scope.covers_place(Right.VIEW_ORDERS, place):
        raise NotOnDutyError()
    raise NotFoundError()
