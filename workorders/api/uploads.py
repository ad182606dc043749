"""Uploads API: a photo in pieces, continued at the byte where the line was cut."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from governance.lib.parsers import PieceParser
from governance.lib.schema import ERRORS
from governance.lib.uploads import OFFSET_PARAMETER, offset_headers, read_offset
from workorders.forms.phone import AnnouncedPhotoSerializer
from workorders.selectors.uploads import Progress, upload_progress
from workorders.services import Actor
from workorders.services.uploads import AnnouncedPhoto, announce_upload, append_piece


class ProgressSerializer(serializers.Serializer[Any]):
    """How many bytes the server keeps; `is_attached` once the photo hangs on an order."""

    uuid = serializers.UUIDField()
    offset = serializers.IntegerField()
    size = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    is_attached = serializers.BooleanField()


def person_of(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # every view here asks for a person
    return request.user


def answer(progress: Progress, code: int = status.HTTP_200_OK) -> Response:
    headers = offset_headers(offset=progress.offset, size=progress.size)
    return Response(ProgressSerializer(progress).data, status=code, headers=headers)


class UploadsView(APIView):
    @extend_schema(
        operation_id="uploads_announce",
        request=AnnouncedPhotoSerializer,
        responses={200: ProgressSerializer, **ERRORS},
        tags=["uploads"],
    )
    def post(self, request: Request) -> Response:
        """Announce a photo for an act to come; a repeat tells how far it is."""
        asked = AnnouncedPhotoSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        photo = AnnouncedPhoto(**asked.validated_data)
        actor = Actor.from_user(person_of(request))
        return answer(announce_upload(photo=photo, actor=actor, at=timezone.now()))


class UploadView(APIView):
    parser_classes = [PieceParser]

    @extend_schema(
        operation_id="uploads_progress",
        responses={200: ProgressSerializer, **ERRORS},
        tags=["uploads"],
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Tell how far a photo is; HEAD tells it in `Upload-Offset` and `Upload-Length`."""
        return answer(upload_progress(uuid=uuid, owner=person_of(request)))

    @extend_schema(
        operation_id="uploads_append",
        request={"application/offset+octet-stream": OpenApiTypes.BINARY},
        responses={200: ProgressSerializer, **ERRORS},
        parameters=[OFFSET_PARAMETER],
        tags=["uploads"],
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Send the next bytes, at most 1 MB; what came before a cut is kept."""
        offset = read_offset(request)
        progress = append_piece(
            uuid=uuid,
            owner=person_of(request),
            offset=offset,
            content=request.data,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return answer(progress)
