"""The one Django app: its rooms share a database label and one migration history."""

from django.apps import AppConfig


class CpimsConfig(AppConfig):
    """All rooms of the house under the label ``cpims``."""

    name = "cpims"
    label = "cpims"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "CPIMS+"

    def ready(self) -> None:
        """Let each record room tell the records room of its kind."""
        import cpims.cases.rules.kind  # noqa: F401
