"""Files of loads in pieces: announced, continued at the byte where the line was cut."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.api.sharing import person
from datahub.enums import LoadMode
from datahub.selectors import resource_for
from datahub.selectors.uploads import UploadProgress, find_upload_progress, uploads_of
from datahub.services import announce_file, append_to_file, give_up_file
from datahub.services.uploads import AnnouncedFile
from datahub.tasks import ring_loads
from governance.lib.errors import ForbiddenError
from governance.lib.fields import CleanCharField
from governance.lib.parsers import PieceParser, StrictJSONParser
from governance.lib.schema import ERRORS
from governance.lib.uploads import OFFSET_PARAMETER, offset_headers, read_offset
from grids.enums import Crs


class AnnouncedFileSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField(help_text="发送方自己的编号，装载也用它")
    file_name = CleanCharField(max_length=200)
    size = serializers.IntegerField(min_value=1, max_value=2**40)
    mode = serializers.ChoiceField(choices=LoadMode.choices)
    crs = serializers.ChoiceField(choices=Crs.choices, default=Crs.WGS84, help_text="坐标系")
    mark = CleanCharField(
        max_length=200, default="", allow_blank=True, help_text="发送方认出同一文件的标记"
    )
    sha256 = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", default="", allow_blank=True, help_text="给出则传完时核对"
    )


class UploadProgressSerializer(serializers.Serializer[Any]):
    """How many bytes the server keeps; `is_loaded` once the load with this uuid is asked for."""

    uuid = serializers.UUIDField()
    file_name = serializers.CharField()
    mark = serializers.CharField()
    offset = serializers.IntegerField()
    size = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    is_loaded = serializers.BooleanField()


class UploadsSerializer(serializers.Serializer[Any]):
    results = UploadProgressSerializer(many=True)


def answer(progress: UploadProgress) -> Response:
    headers = offset_headers(offset=progress.offset, size=progress.size)
    return Response(UploadProgressSerializer(progress).data, headers=headers)


class LoadUploadsView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="load_uploads_list",
        responses={200: UploadsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List what one has under way for a resource."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        found = uploads_of(resource=resource, reader=reader)
        return Response({"results": UploadProgressSerializer(found, many=True).data})

    @extend_schema(
        operation_id="load_uploads_announce",
        request=AnnouncedFileSerializer,
        responses={200: UploadProgressSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Announce a file for a load; a repeat tells how far it is."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        if not reader.loads(resource):
            raise ForbiddenError()
        asked = AnnouncedFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        progress = announce_file(
            resource=resource,
            file=AnnouncedFile(**asked.validated_data),
            reader=reader,
            by=person(request),
            at=timezone.now(),
        )
        return answer(progress)


class LoadUploadView(APIView):
    parser_classes = [PieceParser]

    @extend_schema(
        operation_id="load_uploads_progress",
        responses={200: UploadProgressSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Tell how far a file is; HEAD tells it in `Upload-Offset` and `Upload-Length`."""
        reader = reader_of(request)
        return answer(find_upload_progress(uuid=uuid, owner=person(request), reader=reader))

    @extend_schema(
        operation_id="load_uploads_append",
        request={"application/offset+octet-stream": OpenApiTypes.BINARY},
        responses={200: UploadProgressSerializer, **ERRORS},
        parameters=[OFFSET_PARAMETER],
        tags=["datahub"],
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Send the next bytes, at most 1 MB; the last ones make it a load."""
        offset, reader = read_offset(request), reader_of(request)
        # Before `request.data`, which waits for the body.
        find_upload_progress(uuid=uuid, owner=person(request), reader=reader)
        progress = append_to_file(
            uuid=uuid,
            offset=offset,
            content=request.data,  # type: ignore[arg-type]
            reader=reader,
            by=person(request),
            at=timezone.now(),
        )
        if progress.is_loaded:
            ring_loads()
        return answer(progress)

    @extend_schema(
        operation_id="load_uploads_give_up", responses={204: None, **ERRORS}, tags=["datahub"]
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Give an unfinished file up; what has come of it is deleted."""
        give_up_file(uuid=uuid, reader=reader_of(request), by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
