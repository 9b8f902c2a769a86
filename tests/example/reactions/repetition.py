"""Receivers whose cost grows with every object, however small each call is."""

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from habits.models import LoggedDevice, Measurement, NumberedDevice, ReportedDevice
from reactions import figures
from reactions.models import Note


@receiver(post_save, sender=LoggedDevice)
def note_device(sender, instance, **kwargs):
    """Write down that a device was saved: one query for each."""
    Note.objects.create(text=f"{instance} saved")


@receiver(post_save, sender=ReportedDevice)
def count_again(sender, **kwargs):
    """Count all devices again."""
    figures.count_devices()


@receiver(post_save, sender=ReportedDevice)
def plan_again(sender, **kwargs):
    """Plan the next check."""
    figures.plan_checks()


@receiver(post_save, sender=ReportedDevice)
def sum_up_again(sender, **kwargs):
    """Sum up all measurements again."""
    figures.sum_up()


@receiver(post_save, sender=NumberedDevice)
def give_number(sender, instance, **kwargs):
    """Give a device a number, which needs its key; saving it again calls this once more."""
    if not instance.number:
        instance.number = f"D-{instance.pk:05}"
        instance.save(update_fields=["number"])


@receiver(post_delete, sender=Measurement)
def forget_measurement(sender, instance, **kwargs):
    """Forget what is cached of a measurement; so Django has to load each that it deletes."""
    cache.delete(f"reactions:measurement:{instance.pk}")
