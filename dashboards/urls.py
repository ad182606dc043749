from typing import Any

from django.urls import path

from dashboards import api, views

VALUES = "indicators/<slug:code>/values/"
app_name = "dashboards"
urlpatterns: list[Any] = [
    path("reporting/", views.reporting, name="reporting"),
    path("reporting/<int:pk>/decide/", views.decide, name="decide-report"),
    path("wall/", views.walls, name="walls"),
    path("wall/<slug:slug>/", views.wall, name="wall"),
    path("wall/<slug:slug>/table/", views.wall_table, name="wall-table"),
    path("wall/<slug:slug>/indicators/<slug:code>/", views.wall_indicator, name="wall-indicator"),
    path("wall/<slug:slug>/<slug:page>/", views.wall_page, name="wall-page"),
]
api_urlpatterns: list[Any] = [
    path("walls/<slug:slug>/", api.WallView.as_view(), name="wall-content"),
    path("walls/<slug:slug>/grids/", api.WallGridsView.as_view(), name="wall-grids"),
    path("walls/<slug:slug>/outlines/", api.WallOutlinesView.as_view(), name="wall-outlines"),
    path("walls/<slug:slug>/playback/", api.WallPlaybackView.as_view(), name="wall-playback"),
    path(
        "walls/<slug:slug>/themes/<slug:page>/",
        api.WallPageView.as_view(),
        name="wall-page-content",
    ),
    path(
        "walls/<slug:slug>/indicators/<slug:code>/",
        api.WallIndicatorView.as_view(),
        name="wall-indicator-content",
    ),
    path(
        "walls/<slug:slug>/indicators/<slug:code>/rows/",
        api.WallIndicatorRowsView.as_view(),
        name="wall-indicator-rows",
    ),
    path("indicators/", api.IndicatorsView.as_view(), name="indicators"),
    path("reports/", api.FeedsView.as_view(), name="reports"),
    path(VALUES, api.ReportedValuesView.as_view(), name="reported-values"),
    path(f"{VALUES}<int:pk>/accept/", api.AcceptValueView.as_view(), name="accept-value"),
    path(f"{VALUES}<int:pk>/reject/", api.RejectValueView.as_view(), name="reject-value"),
    path("episodes/acknowledge/", api.AcknowledgeManyView.as_view(), name="acknowledge-many"),
    path("episodes/<int:pk>/acknowledge/", api.AcknowledgeView.as_view(), name="acknowledge"),
]
