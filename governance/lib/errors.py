"""Errors that people and machines can read, translated once at the edge of the API."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)
RETRY_AFTER = 2  # seconds
UNIQUE_VIOLATION = "23505"


class DomainError(Exception):
    """A refusal with a code for machines, a sentence for people and the fields at fault."""

    code = "refused"
    status = 400
    detail = "请求不符合要求。"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str = "",
        fields: Mapping[str, list[str]] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = str(detail or self.detail)
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})
        super().__init__(self.detail)

    def as_json(self) -> dict[str, Any]:
        return {"detail": self.detail, "code": self.code, "fields": self.fields, **self.extra}


class NotFoundError(DomainError):
    code = "not_found"
    status = 404
    detail = "没有找到，或不在您的权限范围内。"


class ForbiddenError(DomainError):
    code = "forbidden"
    status = 403
    detail = "您没有执行此操作的权限。"


class InvalidError(DomainError):
    code = "invalid"
    detail = "提交的内容有误。"


class ConflictError(DomainError):
    code = "conflict"
    status = 409
    detail = "当前状态不允许此操作。"


class UnavailableError(DomainError):
    code = "unavailable"
    status = 503
    detail = "系统暂时无法使用，请稍后再试。"


def refusal_of(error: BaseException | None) -> DomainError | None:
    """Give the refusal that answers an error; None for a fault of ours.

    A database that is away, restarting or refuses to wait longer is no fault: nothing is written,
    and the same request with the same key may be sent again.
    """
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("the database is away: %s", str(error).partition("\n")[0])
        return UnavailableError()
    if isinstance(error, IntegrityError) and _pgcode(error) == UNIQUE_VIOLATION:
        # Two came at once where each alone would have found the other's row: sent again, it does.
        logger.error("two at once: %s", str(error).partition("\n")[0])
        return UnavailableError("刚才有人同时提交了同一内容，请再试一次。")
    return error if isinstance(error, DomainError) else None


def _pgcode(error: BaseException) -> str:
    return str(getattr(error.__cause__, "pgcode", ""))


def headers_of(status: int) -> dict[str, str]:
    return {"Retry-After": str(RETRY_AFTER)} if status == UnavailableError.status else {}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any refusal into `{"detail", "code", "fields"}`; leave faults to the 500 handler."""
    # The views read their settings at import, which lead back to this module.
    from rest_framework.views import exception_handler  # noqa: PLC0415

    refusal = refusal_of(error)
    if refusal is not None:
        status = refusal.status
        return Response(refusal.as_json(), status=status, headers=headers_of(status))
    if isinstance(error, RequestDataTooBig):
        return Response(_body("请求体过大。", "too_large"), status=413)
    if isinstance(error, SuspiciousOperation):
        return Response(_body("请求无法解析。", "bad_request"), status=400)
    response = exception_handler(_as_api_error(error), context)
    if response is not None:
        response.data = _shape(error, response.data)
    return response


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, Http404):
        return exceptions.NotFound("没有找到。")
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied("您没有执行此操作的权限。")
    return error


def _shape(error: Exception, content: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {**_body("提交的内容有误。", "invalid"), "fields": flatten_fields(content)}
    detail = content.get("detail", "") if isinstance(content, dict) else content
    return _body(str(detail), getattr(detail, "code", "error"))


def _body(detail: str, code: str) -> dict[str, Any]:
    return {"detail": detail, "code": code, "fields": {}}


def flatten_fields(content: Any, prefix: str = "") -> dict[str, list[str]]:
    """Name each wrong field by its path: `{"reporter.phone": ["..."]}`."""
    if isinstance(content, dict):
        flat: dict[str, list[str]] = {}
        for name, value in content.items():
            flat |= flatten_fields(value, f"{prefix}.{name}" if prefix else str(name))
        return flat
    items = content if isinstance(content, list) else [content]
    if any(isinstance(item, dict | list) for item in items):
        flat = {}
        for index, item in enumerate(items):
            flat |= flatten_fields(item, f"{prefix}.{index}")
        return flat
    return {prefix or "non_field_errors": [str(item) for item in items]}


def error_response(error: DomainError) -> JsonResponse:
    """Answer a refusal outside the API views, in the API's shape."""
    return JsonResponse(error.as_json(), status=error.status, headers=headers_of(error.status))


def error_page(request: HttpRequest, *, status: int, code: str, detail: str) -> HttpResponse:
    """Answer in JSON under /api/, with a page elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(_body(detail, code), status=status)
    content = render_to_string("error.html", {"status": status, "detail": detail}, request)
    return HttpResponse(content, status=status, headers=headers_of(status))


def answer_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal outside the API views: in JSON to those who ask for it, else with a page."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return error_response(error)
    if request.path.startswith("/api/"):
        return error_response(error)
    return error_page(request, status=error.status, code=error.code, detail=error.detail)


class CsrfFailedError(DomainError):
    code = "csrf_failed"
    status = 403
    detail = "页面已过期，或浏览器没有开启 Cookie。请刷新页面后再提交。"


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer_refusal(request, CsrfFailedError())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=400, code="bad_request", detail="请求无法解析。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=403, code="forbidden", detail="您没有访问此页面的权限。")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, status=404, code="not_found", detail="没有找到，或不在您的权限范围内。"
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nothing else caught: a fault, or a database away before a view was reached."""
    refusal = refusal_of(sys.exc_info()[1])
    if refusal is not None:
        return answer_refusal(request, refusal)
    return error_page(
        request, status=500, code="server_error", detail="系统出错，已记录。请稍后重试。"
    )
