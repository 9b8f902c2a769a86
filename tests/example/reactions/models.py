"""What receivers write down, and what they leave for later."""

from django.db import models


class Note(models.Model):
    """A line about what happened."""

    text = models.CharField(max_length=200)

    def __str__(self):
        return self.text


class Job(models.Model):
    """Work that a program of its own does in the background."""

    task = models.CharField(max_length=50)
    about = models.CharField(max_length=100)

    def __str__(self):
        return f"{self.task}: {self.about}"
