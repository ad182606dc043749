"""Who has seen an alarm: once, by a leader of the place or whoever is on duty there."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.enums import Right
from accounts.models import User
from dashboards.models import Episode
from dashboards.selectors.duty import is_on_duty
from dashboards.services.revisions import lock_mark, next_revision
from dashboards.services.telling import tell_untold
from governance.lib.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from grids.models import Area
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


@dataclass
class Acknowledgement:
    """What one act has taken up, and why it has not the rest, by the alarm's id."""

    taken: list[Episode] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)


def acknowledge(
    *, episode_ids: Collection[int], user: User, scope: Scope, at: datetime
) -> Acknowledgement:
    """Note who has taken up alarms; the same person may say so again.

    Each is judged by itself. Refused are NotFoundError to those who may not see the area's figures,
    NotOnDutyError, NeverRedError and AlreadyAcknowledgedError.
    """
    done = Acknowledgement()
    refusal_at = _refusals(user, scope, at)
    with transaction.atomic():
        lock_mark()  # before the episodes, as those who judge do
        found = _locked(episode_ids)
        for pk in dict.fromkeys(episode_ids):
            episode = found.get(pk)
            refusal = _refusal(episode, user, refusal_at) if episode else NotFoundError()
            if refusal:
                done.refused[pk] = refusal
            elif episode:
                done.taken.append(episode)
        _store([row for row in done.taken if row.acknowledged_at is None], user, at)
    tell_untold()
    return done


def _locked(episode_ids: Collection[int]) -> dict[int, Episode]:
    episodes = Episode.objects.select_related("area__parent__parent", "indicator", "order")
    rows = episodes.filter(pk__in=set(episode_ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",))}


def _store(episodes: Collection[Episode], user: User, at: datetime) -> None:
    if not episodes:
        return
    revision = next_revision()
    for episode in episodes:
        episode.acknowledged_at, episode.acknowledged_by = at, user
        episode.acknowledged_label = user.name or user.username
        episode.revision = revision
    fields = ["acknowledged_at", "acknowledged_by", "acknowledged_label", "revision"]
    Episode.objects.bulk_update(episodes, fields)


def _refusal(
    episode: Episode, user: User, refusal_at: Callable[[Area], DomainError | None]
) -> DomainError | None:
    """Say why this person may not take up an alarm; None where they may, or have."""
    if refusal := refusal_at(episode.area):
        return refusal
    if episode.red_at is None:
        return NeverRedError()
    if episode.acknowledged_at is not None and episode.acknowledged_by_id != user.pk:
        return AlreadyAcknowledgedError(episode)
    return None


def _refusals(user: User, scope: Scope, at: datetime) -> Callable[[Area], DomainError | None]:
    """Give what judges a person once for each area, however many alarms it has."""
    known: dict[int, DomainError | None] = {}

    def refusal_at(area: Area) -> DomainError | None:
        if area.pk not in known:
            known[area.pk] = _refusal_at(area, user, scope, at)
        return known[area.pk]

    return refusal_at


def _refusal_at(area: Area, user: User, scope: Scope, at: datetime) -> DomainError | None:
    place = place_of(area)
    if scope.covers_place(Right.INSTRUCT_ORDERS, place):
        return None
    if is_on_duty(user=user, area=area, at=at):
        return None
    if scope.covers_place(Right.VIEW_WALL, place) or scope.covers_place(Right.VIEW_ORDERS, place):
        return NotOnDutyError()
    return NotFoundError()
