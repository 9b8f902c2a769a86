"""An app that hears of every change to a model, so that every one has a row in the panel."""

from django.apps import AppConfig
from django.db.models import signals


def hear(**kwargs):
    """Do nothing: what is looked at is who sent it."""


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self):
        for signal in (
            signals.pre_save,
            signals.post_save,
            signals.pre_delete,
            signals.post_delete,
            signals.m2m_changed,
        ):
            signal.connect(hear)
