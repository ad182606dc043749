from dashboards.api.views import IndicatorsView, WallGridsView, WallView

__all__ = ["IndicatorsView", "WallGridsView", "WallView"]
