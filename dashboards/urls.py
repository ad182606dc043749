from typing import Any

from django.urls import path

from dashboards import views
from dashboards.api import (
    AcceptValueView,
    FeedsView,
    IndicatorsView,
    RejectValueView,
    ReportedValuesView,
    WallGridsView,
    WallView,
)

VALUES = "indicators/<slug:code>/values/"
app_name = "dashboards"
urlpatterns: list[Any] = [
    path("reporting/", views.reporting, name="reporting"),
    path("reporting/<int:pk>/decide/", views.decide, name="decide-report"),
    path("wall/", views.walls, name="walls"),
    path("wall/<slug:slug>/", views.wall, name="wall"),
]
api_urlpatterns: list[Any] = [
    path("walls/<slug:slug>/", WallView.as_view(), name="wall-content"),
    path("walls/<slug:slug>/grids/", WallGridsView.as_view(), name="wall-grids"),
    path("indicators/", IndicatorsView.as_view(), name="indicators"),
    path("reports/", FeedsView.as_view(), name="reports"),
    path(VALUES, ReportedValuesView.as_view(), name="reported-values"),
    path(f"{VALUES}<int:pk>/accept/", AcceptValueView.as_view(), name="accept-value"),
    path(f"{VALUES}<int:pk>/reject/", RejectValueView.as_view(), name="reject-value"),
]
