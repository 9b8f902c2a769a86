"""Configuration of the accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, and nothing about what else a user may have."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
