"""Tokens for scripts at `POST /api/v1/token/`, and the departments for forms."""

from typing import Any

from axes.utils import reset
from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import AccessKind, DepartmentKind
from accounts.models import Department, User
from accounts.services import LockedOutError, record_access
from governance.lib.errors import DomainError
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS, ErrorSerializer


class CredentialsError(DomainError):
    code = "credentials"
    status = 401
    detail = "账号或密码不正确。"


class TokenRequestSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="放入请求头 Authorization: Token …")
    expires_at = serializers.DateTimeField()


class TokenView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="token_create",
        request=TokenRequestSerializer,
        responses={200: TokenSerializer, **dict.fromkeys((400, 401, 429), ErrorSerializer)},
        auth=[],
        tags=["accounts"],
    )
    def post(self, request: Request) -> Response:
        """Sign in and get a token; the lock-out counts here as on the page."""
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = authenticate(request._request, **asked.validated_data)
        if getattr(request._request, "axes_locked_out", False):
            raise LockedOutError()
        if not isinstance(user, User):
            raise CredentialsError(fields={"password": ["账号或密码不正确"]})
        issued, token = AuthToken.objects.create(user=user)
        address = client_address(request._request)
        # As after a sign-in on the page: the wrong tries before it are forgiven.
        reset(ip=address, username=user.username)
        record_access(kind=AccessKind.TOKEN_ISSUED, at=timezone.now(), user=user, address=address)
        return Response({"token": token, "expires_at": issued.expiry})


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", default=None, read_only=True
    )

    class Meta:
        model = Department
        fields = ["code", "name", "kind", "parent"]
        read_only_fields = fields


class DepartmentListSerializer(serializers.Serializer[Any]):
    results = DepartmentSerializer(many=True)


class DepartmentQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DepartmentKind.choices, required=False)


class DepartmentsView(APIView):
    @extend_schema(
        operation_id="departments_list",
        parameters=[DepartmentQuerySerializer],
        responses={200: DepartmentListSerializer, **ERRORS},
        tags=["accounts"],
    )
    def get(self, request: Request) -> Response:
        """List the departments in use, by code."""
        asked = DepartmentQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = Department.objects.filter(is_active=True, **asked.validated_data)
        rows = rows.select_related("parent").order_by("code")
        return Response({"results": DepartmentSerializer(rows, many=True).data})
