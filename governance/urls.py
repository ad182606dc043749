"""Every address of the project, by app."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts.urls import api_urlpatterns as accounts_api
from dashboards.urls import api_urlpatterns as dashboards_api
from datahub.urls import api_urlpatterns as datahub_api
from governance.lib.health import healthz
from governance.lib.icon import favicon
from grids.urls import api_urlpatterns as grids_api
from workorders.urls import api_urlpatterns as workorders_api

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon),
    path("admin/", admin.site.urls),
    path(
        "api/v1/",
        # Each pattern before an address is tried: what is asked for most comes first.
        include([*workorders_api, *accounts_api, *grids_api, *dashboards_api, *datahub_api]),
    ),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("", include("accounts.urls")),
    path("", include("dashboards.urls")),
    path("", include("datahub.urls")),
    path("", include("workorders.urls")),
]
handler400 = "governance.lib.errors.bad_request"
handler403 = "governance.lib.errors.forbidden"
handler404 = "governance.lib.errors.not_found"
handler500 = "governance.lib.errors.server_error"
