"""Sign-in and sign-out."""

from typing import Any

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services import LockedOutError
from governance.lib.errors import error_response


class SignInView(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOutView(auth_views.LogoutView):
    pass


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Tell that too many wrong passwords were tried from this address, and for how long."""
    error = LockedOutError()
    if request.path.startswith("/api/"):
        return error_response(error)
    return render(request, "accounts/locked_out.html", {"detail": error.detail}, status=429)
