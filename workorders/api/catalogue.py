"""Reference data for forms: the categories in use."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.schema import ERRORS
from workorders.api.serializers import CategoryListSerializer, CategorySerializer
from workorders.models import Category


class CategoriesView(APIView):
    @extend_schema(
        operation_id="categories_list",
        responses={200: CategoryListSerializer, **ERRORS},
        tags=["categories"],
    )
    def get(self, request: Request) -> Response:
        """List the categories in use, by code, each with the department that usually handles it."""
        rows = Category.objects.filter(is_active=True)
        rows = rows.select_related("parent", "department").order_by("code")
        return Response({"results": CategorySerializer(rows, many=True).data})
