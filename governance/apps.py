from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "一网"
    default = True

    def ready(self) -> None:
        from governance import checks  # noqa: F401, PLC0415


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Collect what pages load: of a chart library's many builds one, and no maps of sources."""

    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        "*.map",
        "echarts.js",
        "echarts.common.js",
        "echarts.esm*",
        "echarts.min.js",
        "echarts.simple*",
    ]
