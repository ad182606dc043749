"""The acknowledgement of alarms: one by itself, or all that are gathered in one line."""

from collections.abc import Collection

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.api.serializers.alarms import (
    AcknowledgedSerializer,
    AcknowledgeSerializer,
)
from dashboards.api.serializers.parts import EpisodeSerializer
from dashboards.selectors.episodes import as_episode
from dashboards.services.alarms import Acknowledgement, acknowledge
from governance.lib.schema import ERRORS
from grids.services import current_scope

REFUSALS = {status: ERRORS[status] for status in (401, 403, 404, 409)}


class AcknowledgeView(APIView):
    @extend_schema(request=None, responses={200: EpisodeSerializer, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """Acknowledge an alarm; the first person is kept, the same person may say so again."""
        (episode,) = _acknowledge(request, [pk]).taken
        return Response(EpisodeSerializer(as_episode(episode)).data)


class AcknowledgeManyView(APIView):
    @extend_schema(
        operation_id="v1_episodes_acknowledge_many",
        request=AcknowledgeSerializer,
        responses={200: AcknowledgedSerializer, 400: ERRORS[400], **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Acknowledge the alarms that are named, and no other that has come since they were read.

        Each counts by itself: where some are refused the others are taken up all the same. Where
        all are refused, the answer is the refusal of the first.
        """
        asked = AcknowledgeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = _acknowledge(request, asked.validated_data["episodes"])
        refused = [
            {"id": pk, "code": refusal.code, "detail": refusal.detail, **refusal.extra}
            for pk, refusal in done.refused.items()
        ]
        taken = [as_episode(row) for row in done.taken]
        return Response(AcknowledgedSerializer({"acknowledged": taken, "refused": refused}).data)


def _acknowledge(request: Request, episode_ids: Collection[int]) -> Acknowledgement:
    """Acknowledge what may be; raise the first refusal where nothing may."""
    done = acknowledge(
        episode_ids=episode_ids,
        user=request.user,  # type: ignore[arg-type]
        scope=current_scope(user=request.user),  # type: ignore[arg-type]
        at=timezone.now(),
    )
    if not done.taken:
        raise next(iter(done.refused.values()))
    return done
