"""How the model that a receiver is connected for is related to the one that sent the signal."""

from __future__ import annotations

from django.apps import apps

from signals_panel.describe import class_mro, options_of

PROXY = "proxy"
"""Two models of one table."""
PARENT = "parent"
"""The sender inherits from it, and has a table of its own."""
ABSTRACT = "abstract"
"""The sender inherits from it, and it has no table."""


def relation(wanted: str, sent_by: str) -> str | None:
    """One of the codes above, for two models' labels; None where neither is the other's kin.

    A model sends its own class alone, so a receiver that is connected for ``wanted`` doesn't
    hear any of these.
    """
    models = {model._meta.label: model for model in apps.get_models()}
    sender, other = models.get(sent_by), models.get(wanted)
    if sender is None or wanted == sent_by:
        return None
    if other is not None and other._meta.concrete_model is sender._meta.concrete_model:
        return PROXY
    for base in class_mro(sender):
        options = options_of(base)
        if options is not None and options.label == wanted:
            return ABSTRACT if options.abstract else PARENT
    return None


def is_proxy(label: str) -> bool:
    """Whether the model of this label is a proxy of another one."""
    return any(model._meta.proxy for model in apps.get_models() if model._meta.label == label)
