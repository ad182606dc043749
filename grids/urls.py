from django.urls import path

from grids.api import (
    AddressMatchView,
    AreasView,
    AreaTileView,
    CheckInsView,
    CoverageView,
    DutiesView,
    DutyEndView,
    DutyTrackView,
    DutyView,
    ElementContactView,
    ElementsView,
    ElementVisitsView,
    LocateView,
    PatrolsView,
    PositionsView,
)

api_urlpatterns = [
    path("grids/locate/", LocateView.as_view(), name="grids-locate"),
    path("addresses/match/", AddressMatchView.as_view(), name="addresses-match"),
    path("grids/areas/", AreasView.as_view(), name="grids-areas"),
    path("tiles/areas/<str:z>/<str:x>/<str:y>/", AreaTileView.as_view(), name="tiles-areas"),
    path("duties/", DutiesView.as_view(), name="duties"),
    path("duties/<uuid:duty_id>/", DutyView.as_view(), name="duty"),
    path("duties/<uuid:duty_id>/end/", DutyEndView.as_view(), name="duty-end"),
    path("duties/<uuid:duty_id>/track/", DutyTrackView.as_view(), name="duty-track"),
    path("duties/<uuid:duty_id>/check-ins/", CheckInsView.as_view(), name="check-ins"),
    path("patrols/", PatrolsView.as_view(), name="patrols"),
    path("patrols/coverage/", CoverageView.as_view(), name="patrols-coverage"),
    path("elements/", ElementsView.as_view(), name="elements"),
    path("elements/<int:pk>/contact/", ElementContactView.as_view(), name="element-contact"),
    path("elements/<int:pk>/visits/", ElementVisitsView.as_view(), name="element-visits"),
    path("positions/", PositionsView.as_view(), name="positions"),
]
