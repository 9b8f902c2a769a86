"""Shelves with tags, for the signal of many-to-many relations."""

from django.db import models


class Tag(models.Model):
    """A word about a shelf."""

    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Shelf(models.Model):
    """A shelf in the warehouse."""

    name = models.CharField(max_length=50)
    tags = models.ManyToManyField(Tag, related_name="shelves")

    class Meta:
        verbose_name_plural = "shelves"

    def __str__(self):
        return self.name
