from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "人员与部门"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401, PLC0415
