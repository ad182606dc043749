"""The site's icon, at the address where browsers ask for it unbidden."""

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Send the browser to the icon; pages without a link of their own (files, JSON) need it."""
    return HttpResponseRedirect(static("images/icon.svg"))
