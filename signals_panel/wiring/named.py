"""Looking up what somebody has typed: a model, a signal, an app; or the nearest that there are."""

from __future__ import annotations

from difflib import get_close_matches

from django.apps import apps
from django.db.models import Model

from signals_panel.describe import SignalName

MODEL, SIGNAL, APP = "model", "signal", "app"
_MAX_NEAREST = 3


class UnknownName(LookupError):
    """There is no such model, signal or app.

    ``kind`` is one of the codes above, ``given`` what was looked for, ``nearest`` the names
    most like it, the best first; it may be empty.
    """

    def __init__(self, kind: str, given: str, known: list[str]) -> None:
        super().__init__(kind, given)
        self.kind = kind
        self.given = given
        self.nearest = _nearest(given, known)


def find_model(model: str | type[Model]) -> type[Model]:
    """A model by its label, whatever its case; through models, too."""
    if not isinstance(model, str):
        return model
    models = {each._meta.label: each for each in apps.get_models(include_auto_created=True)}
    for label, found in models.items():
        if label.lower() == model.lower():
            return found
    raise UnknownName(MODEL, model, list(models))


def find_app(label: str) -> str:
    """An app's label, as it is installed; its dotted name will do."""
    for config in apps.get_app_configs():
        if label in (config.label, config.name):
            return config.label
    raise UnknownName(APP, label, [config.label for config in apps.get_app_configs()])


def find_signals(signal: str, names: list[SignalName]) -> list[SignalName]:
    """The signals of this dotted path, or whose path ends in this name: there may be several."""
    found = [name for name in names if f".{name}".endswith(f".{signal}")]
    if signal and found:
        return found
    raise UnknownName(SIGNAL, signal, list(map(str, names)))


def app_label_of(path: str) -> str | None:
    """The label of the app that the module of a dotted path belongs to."""
    config = apps.get_containing_app_config(path)
    return None if config is None else config.label


def _nearest(given: str, known: list[str]) -> list[str]:
    """Names most like one: as wholes, or by their last part, which is what people remember."""
    wholes = {each.lower(): each for each in reversed(known)}
    lasts = {each.lower().rpartition(".")[2]: each for each in reversed(known)}
    given = given.lower()
    near = [wholes[each] for each in get_close_matches(given, wholes, _MAX_NEAREST)]
    last = given.rpartition(".")[2]
    near += [lasts[each] for each in get_close_matches(last, lasts, _MAX_NEAREST)]
    return list(dict.fromkeys(near))[:_MAX_NEAREST]
