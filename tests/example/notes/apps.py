"""Configuration of the notes app, with the most common mistake that signals allow."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes whose receivers nobody has connected."""

    name = "notes"
    default_auto_field = "django.db.models.BigAutoField"

    # The other apps import their receivers in ready(). This one has forgotten it, so that
    # notes.receivers is never imported: the panel tells, under "Not called".
