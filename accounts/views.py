"""Sign-in, sign-out and the way to one's own page."""

from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.services import LockedOutError
from governance.lib.errors import error_response


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
    error = LockedOutError()
    if request.path.startswith("/api/"):
        return error_response(error)
    return render(request, "accounts/locked_out.html", {"detail": error.detail}, status=429)
