"""Sending mail as each version of Django has it."""

from __future__ import annotations

import django
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

HAS_MAILERS = django.VERSION >= (6, 1)
DJANGOS = "django.core.mail.backends"
FROM = "shop@example.com"


def use(settings, backend, **options):
    """Make one the project's only backend, as each version of Django has it."""
    if HAS_MAILERS:
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return "default"
    settings.EMAIL_BACKEND = backend
    names = {"file_path": "FILE_PATH", "host": "HOST", "port": "PORT"}
    for name, value in options.items():
        setattr(settings, f"EMAIL_{names[name]}", value)
    # Mailers, and their aliases, came with Django 6.1.
    parts = backend.split(".")
    return parts[-2] if backend.startswith(DJANGOS) else parts[-1]


def message(subject="Hello", to=("a@example.com",), **named):
    return mail.EmailMessage(subject, "BODY", FROM, list(to), **named)


class Keeping(BaseEmailBackend):
    """Gives what it is told to, and has gone through nothing."""

    def __init__(self, value=None):
        super().__init__()
        self.value = value

    def send_messages(self, email_messages):
        self.given = email_messages
        return self.value
