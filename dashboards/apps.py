from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
    verbose_name = "指标与大屏"

    def ready(self) -> None:
        from dashboards import receivers  # noqa: F401, PLC0415
