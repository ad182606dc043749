from dashboards.api.serializers.parts import AreaReferenceSerializer

__all__ = ["AreaReferenceSerializer"]
