from typing import Any

api_urlpatterns: list[Any] = []
