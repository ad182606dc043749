from typing import Any

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from workorders.api.bulk import BulkJobView, BulkView
from workorders.api.catalogue import CategoriesView
from workorders.api.intake import UnknownChannelView, intake_view
from workorders.api.knowledge import KnowledgeView, OutdatedView
from workorders.api.leagues import LeagueActsView, LeaguesView
from workorders.api.notices import NoticesView
from workorders.api.orders import OrderViewSet
from workorders.api.reports import FindingsView
from workorders.api.tiles import OrderTileView
from workorders.api.uploads import UploadsView, UploadView
from workorders.intake import ADAPTERS
from workorders.views import (
    console,
    console_acts,
    console_bulk,
    console_calls,
    console_exports,
    console_filters,
    console_map,
    console_nearby,
    console_presence,
    console_print,
    console_supervision,
    home,
    leagues,
    mobile,
    offline,
    patrol,
    photos,
    public,
    visits,
)

app_name = "workorders"
urlpatterns: list[Any] = [
    path("home/", home.home, name="home"),
    path("console/", console.page, name="console"),
    path("console/queue/", console.queue, name="console-queue"),
    path("console/rows/", console.rows, name="console-rows"),
    path("console/views/", console.views, name="console-views"),
    path("console/filters/", console_filters.keep, name="console-filters"),
    path("console/filters/<int:pk>/drop/", console_filters.drop, name="console-filter-drop"),
    path("console/bulk/", console_bulk.panel, name="console-bulk"),
    path("console/bulk/<uuid:uuid>/", console_bulk.outcome, name="console-bulk-outcome"),
    path("console/bulk/<slug:action>/", console_bulk.act, name="console-bulk-act"),
    path("console/exports/", console_exports.exports, name="console-exports"),
    path(
        "console/exports/<uuid:uuid>/cancel/",
        console_exports.cancel,
        name="console-export-cancel",
    ),
    path("console/exports/<uuid:uuid>/file/", console_exports.download, name="console-export-file"),
    path("console/map/", console_map.page, name="console-map"),
    path("console/map/orders/", console_map.orders, name="console-map-orders"),
    path("console/notices/", console.notices, name="console-notices"),
    path("console/supervision/", console_supervision.page, name="supervision"),
    path("console/leagues/", leagues.page, name="leagues"),
    path("console/leagues/rows/", leagues.rows, name="league-rows"),
    path("console/pick/<slug:source>/", console.pick, name="console-pick"),
    path("console/register/", console_calls.page, name="console-register"),
    path("console/register/caller/", console_calls.caller, name="console-register-caller"),
    path("console/register/places/", console_calls.places, name="console-register-places"),
    path("console/register/<uuid:uuid>/", console_calls.keep, name="console-register-keep"),
    path("console/register/<uuid:uuid>/drop/", console_calls.drop, name="console-register-drop"),
    path(
        "console/knowledge/<int:pk>/outdated/",
        console_calls.outdated,
        name="console-knowledge-outdated",
    ),
    path("console/orders/<slug:number>/", console.order, name="console-order"),
    path("console/orders/<slug:number>/reveal/", console_acts.reveal, name="console-reveal"),
    path(
        "console/orders/<slug:number>/pick/<slug:source>/",
        console.pick_holder,
        name="console-pick-holder",
    ),
    path(
        "console/orders/<slug:number>/presence/",
        console_presence.presence,
        name="console-presence",
    ),
    path("console/orders/<slug:number>/print/", console_print.sheet, name="console-print"),
    path("console/orders/<slug:number>/nearby/", console_nearby.nearby, name="console-nearby"),
    path("console/orders/<slug:number>/duplicates/", console.duplicates, name="console-duplicates"),
    path("console/orders/<slug:number>/<slug:action>/", console_acts.act, name="console-act"),
    path("photos/<uuid:uuid>/", photos.photo, name="photo"),
    path("", public.report, name="public-report"),
    path("areas/", public.areas, name="public-areas"),
    path("track/", public.track, name="track"),
    path("track/<str:number>/<str:code>/", public.track_order, name="track-order"),
    path("track/<str:number>/<str:code>/answer/", public.answer, name="track-answer"),
    path("track/<str:number>/<str:code>/reopen/", public.reopen, name="track-reopen"),
    path("m/", mobile.todo, name="mobile-todo"),
    path("m/orders/<slug:number>/", mobile.order, name="mobile-order"),
    path("m/orders/<slug:number>/call/", mobile.call, name="mobile-call"),
    path("m/orders/<slug:number>/<slug:verb>/", mobile.act, name="mobile-act"),
    path("m/report/", mobile.report, name="mobile-report"),
    path("m/patrol/", patrol.page, name="mobile-patrol"),
    path("m/elements/", visits.elements, name="mobile-elements"),
    path("m/elements/<int:pk>/contact/", visits.contact, name="mobile-contact"),
    path("m/visit/", visits.visit, name="mobile-visit"),
    path("m/me/", mobile.me, name="mobile-me"),
    path("m/map/", offline.grid_map, name="mobile-map"),
    path("m/outbox/", offline.outbox, name="mobile-outbox"),
    path("m/check/", offline.check, name="mobile-check"),
    path("m/offline/", offline.offline, name="mobile-offline"),
    path("m/manifest.webmanifest", offline.manifest, name="mobile-manifest"),
    path("sw.js", offline.worker, name="mobile-worker"),
]

router = SimpleRouter()
router.register("orders", OrderViewSet, basename="order")
api_urlpatterns = [
    *(path(f"intake/{code}/", intake_view(code), name=f"intake-{code}") for code in ADAPTERS),
    path("intake/<str:channel>/", UnknownChannelView.as_view()),
    path("leagues/", LeaguesView.as_view(), name="leagues"),
    path("leagues/rows/", LeagueActsView.as_view(), name="leagues-rows"),
    path("orders/bulk/", BulkView.as_view(), name="orders-bulk"),
    path("orders/bulk/<uuid:uuid>/", BulkJobView.as_view(), name="orders-bulk-outcome"),
    path("tiles/orders/<str:z>/<str:x>/<str:y>/", OrderTileView.as_view(), name="tiles-orders"),
    path("categories/", CategoriesView.as_view(), name="categories"),
    path("knowledge/", KnowledgeView.as_view(), name="knowledge"),
    path("knowledge/<int:pk>/outdated/", OutdatedView.as_view(), name="knowledge-outdated"),
    path("findings/", FindingsView.as_view(), name="findings"),
    path("uploads/", UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:uuid>/", UploadView.as_view(), name="upload"),
    path("notices/", NoticesView.as_view(), name="notices"),
    path("", include(router.urls)),
]
