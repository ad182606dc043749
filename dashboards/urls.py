from typing import Any

from django.urls import path

from dashboards import views
from dashboards.api import IndicatorsView, WallGridsView, WallView

app_name = "dashboards"
urlpatterns: list[Any] = [
    path("wall/", views.walls, name="walls"),
    path("wall/<slug:slug>/", views.wall, name="wall"),
]
api_urlpatterns: list[Any] = [
    path("walls/<slug:slug>/", WallView.as_view(), name="wall-content"),
    path("walls/<slug:slug>/grids/", WallGridsView.as_view(), name="wall-grids"),
    path("indicators/", IndicatorsView.as_view(), name="indicators"),
]
