"""The app: finds the templates and static files, registers the checks."""

from pathlib import Path

from django.apps import AppConfig
from django.core.checks import register
from django.core.management import get_commands

_PACKAGE = Path(__file__).resolve().parent


class SignalsPanelConfig(AppConfig):
    """The app to add to ``INSTALLED_APPS``, as ``"signals_panel"``."""

    name = "signals_panel"
    verbose_name = "Signals panel"
    # In a wheel templates/ and static/ are in the package, in a source tree beside it.
    path = str(_PACKAGE if (_PACKAGE / "templates").is_dir() else _PACKAGE.parent)

    def ready(self) -> None:
        """Register the checks, which look at other apps."""
        if self.path != str(_PACKAGE):
            # Django looks for commands in the same folder, where a source tree has none.
            get_commands().setdefault("signals", self.name)
        from signals_panel.checks import check_installation, check_setting  # noqa: PLC0415

        register(check_setting)
        register(check_installation)
