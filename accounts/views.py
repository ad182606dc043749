"""Sign-in, sign-out and the way to one's own page."""

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render


class SignInView(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOutView(auth_views.LogoutView):
    pass


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the page of their work; the phone's page to those on a phone."""
    return redirect("/console/")


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Tell that too many wrong passwords were tried from this address, and for how long."""
    minutes = int(get_cool_off(request).total_seconds() // 60)
    detail = f"密码多次错误，该账号在此地址已锁定，请 {minutes} 分钟后再试。"
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": detail, "code": "locked_out", "fields": {}}, status=429)
    return render(request, "accounts/locked_out.html", {"detail": detail}, status=429)
