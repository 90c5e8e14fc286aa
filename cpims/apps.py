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
        import cpims.cases.rules.kind
        import cpims.families.actions.companions
        import cpims.families.rules.kind
        import cpims.incidents.actions.companions
        import cpims.incidents.rules.kind
        import cpims.registry.rules.kind
        import cpims.tracing.actions.settling
        import cpims.tracing.rules.kind  # noqa: F401
