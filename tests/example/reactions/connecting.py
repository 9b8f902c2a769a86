"""Receivers whose fault is how they are connected."""

from django.core.cache import cache
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver

from habits.models import Device, GuardedDevice, ImportedDevice
from habits.signals import device_lent, device_moved
from reactions.models import Note

# What else would hold a function that is connected weakly?
kept = []


@receiver(device_moved, sender=Device, dispatch_uid="note the move")
@receiver(device_moved, sender=Device, dispatch_uid="note where it is")
def note_move(sender, device, **kwargs):
    """Write down a move; connected twice, and so written down twice."""
    Note.objects.create(text=f"{device} moved")


@receiver(m2m_changed)
def count_labels(sender, instance, action, reverse, **kwargs):
    """Count a device's labels; called for every relation of the site, whatever it is about."""
    if sender is Device.labels.through and action == "post_add" and not reverse:
        cache.set(f"reactions:labels:{instance.pk}", instance.labels.count())


def connect_locally():
    """Connect a function that is gone when nobody holds it."""

    def note_loan(sender, device, **kwargs):
        Note.objects.create(text=f"{device} lent")

    device_lent.connect(note_loan, sender=Device)
    kept.append(note_loan)


connect_locally()


@receiver(post_save, sender=ImportedDevice)
def note_import(sender, instance, **kwargs):
    """Write down each device, also while a fixture is loaded."""
    Note.objects.create(text=f"{instance} imported")


@receiver(post_save, sender=GuardedDevice)
def note_import_later(sender, instance, raw, **kwargs):
    """Write down each device, but for those of a fixture."""
    if raw:
        return
    Note.objects.create(text=f"{instance} imported")
