"""Configuration of the habits app."""

from django.apps import AppConfig


class HabitsConfig(AppConfig):
    """Devices, their batches and measurements; knows nothing of who listens to them."""

    name = "habits"
    default_auto_field = "django.db.models.BigAutoField"
