"""Figures that are kept at hand in the cache: each costs queries."""

from django.core.cache import cache
from django.db.models import Avg, Max

from habits.models import Batch, Device, Measurement
from reactions.models import Job, Note


def count_devices():
    """Count devices in three ways, and write down when: four queries."""
    cache.set("reactions:devices", Device.objects.count())
    cache.set("reactions:checked", Device.objects.filter(is_checked=True).count())
    cache.set("reactions:numbered", Device.objects.exclude(number="").count())
    Note.objects.create(text="devices counted")


def plan_checks():
    """Count what is planned, and plan one more: four queries."""
    cache.set("reactions:jobs", Job.objects.count())
    cache.set("reactions:checks", Job.objects.filter(task="check").count())
    cache.set("reactions:batches", Batch.objects.count())
    Job.objects.create(task="check", about="all devices")


def sum_up():
    """Sum up the measurements: four queries."""
    cache.set("reactions:measurements", Measurement.objects.count())
    cache.set("reactions:average", Measurement.objects.aggregate(Avg("value")))
    cache.set("reactions:greatest", Measurement.objects.aggregate(Max("value")))
    Note.objects.create(text="measurements summed up")
