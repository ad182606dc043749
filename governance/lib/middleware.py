"""What every request passes before anything else reads it."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from governance.lib.errors import DomainError, answer_refusal, refusal_of
from governance.lib.reference import one_revision

ADMIN = "/admin/"
# With a token the files of departments may be large; token and right are checked before the body
# is read.
LOADS = re.compile("/api/v1/resources/[-a-zA-Z0-9_]+/loads/")


class BodyTooLargeError(DomainError):
    code = "too_large"
    status = 413
    detail = "请求体过大。"


class RequestLimitMiddleware:
    """Refuse a body that no form of ours can have, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = body_limit(request)
        if content_length(request) > limit:
            detail = f"请求体超过 {limit // 1024 // 1024} MB。"
            return answer_refusal(request, BodyTooLargeError(detail, fields={"body": ["过大"]}))
        return self.get_response(request)


def content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def body_limit(request: HttpRequest) -> int:
    if request.content_type == "multipart/form-data":
        is_load = LOADS.fullmatch(request.path) and is_token(request)
        return settings.LOAD_BYTES_LIMIT if is_load else settings.UPLOAD_BYTES_LIMIT
    return settings.JSON_BYTES_LIMIT


def is_token(request: HttpRequest) -> bool:
    """Tell whether a token says who calls: it is judged without a look at the body.

    Anything else leads to the session, whose check of the form's token would read the body first.
    """
    return request.headers.get("Authorization", "").lower().startswith("token ")


class ContentPolicyMiddleware:
    """Say what a page may load. The policy has no nonce, so it is written once for all answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        rules = settings.SECURE_CSP.items()
        self.policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(settings.CSP_FREE_PREFIXES):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class ReferenceMiddleware:
    """Let a request see one state of the reference data; the admin changes it and reads anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ADMIN):
            return self.get_response(request)
        with one_revision():
            return self.get_response(request)


class DomainErrorMiddleware:
    """Answer a refusal that a page let through: with a page, or in JSON to those who ask for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = refusal_of(error)
        return answer_refusal(request, refusal) if refusal is not None else None
