from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "一网"

    def ready(self) -> None:
        from governance import checks  # noqa: F401, PLC0415
