from typing import Any

from django.urls import path

from datahub import api, views

app_name = "datahub"
urlpatterns: list[Any] = [
    path("hub/", views.catalogue, name="catalogue"),
    path("hub/<slug:code>/", views.resource, name="resource"),
]
api_urlpatterns: list[Any] = [
    path("resources/", api.ResourcesView.as_view(), name="resources"),
    path("resources/<slug:code>/", api.ResourceView.as_view(), name="resource-content"),
]
