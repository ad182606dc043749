from django.urls import path

from grids.api import AreasView, LocateView

api_urlpatterns = [
    path("grids/locate/", LocateView.as_view(), name="grids-locate"),
    path("grids/areas/", AreasView.as_view(), name="grids-areas"),
]
