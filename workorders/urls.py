from typing import Any

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from workorders.api.intake import UnknownChannelView, intake_view
from workorders.api.orders import OrderViewSet
from workorders.intake import ADAPTERS
from workorders.views import photos

app_name = "workorders"
urlpatterns: list[Any] = [
    path("photos/<uuid:uuid>/", photos.photo, name="photo"),
]

router = SimpleRouter()
router.register("orders", OrderViewSet, basename="order")
api_urlpatterns = [
    *(path(f"intake/{code}/", intake_view(code), name=f"intake-{code}") for code in ADAPTERS),
    path("intake/<str:channel>/", UnknownChannelView.as_view()),
    path("", include(router.urls)),
]
