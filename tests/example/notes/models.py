"""Notes, each of which ends in a full stop, or should."""

from django.db import models


class Note(models.Model):
    """A short text."""

    text = models.CharField(max_length=200)

    def __str__(self):
        return self.text
