from django.urls import path

from grids.api import (
    AreasView,
    DutiesView,
    DutyEndView,
    DutyTrackView,
    LocateView,
    PositionsView,
)

api_urlpatterns = [
    path("grids/locate/", LocateView.as_view(), name="grids-locate"),
    path("grids/areas/", AreasView.as_view(), name="grids-areas"),
    path("duties/", DutiesView.as_view(), name="duties"),
    path("duties/<uuid:duty_id>/end/", DutyEndView.as_view(), name="duty-end"),
    path("duties/<uuid:duty_id>/track/", DutyTrackView.as_view(), name="duty-track"),
    path("positions/", PositionsView.as_view(), name="positions"),
]
