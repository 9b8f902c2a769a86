"""The same without a receiver: functions that say what they do."""

from functools import partial

from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from habits.models import Batch, Device, QuietMeasurement
from reactions import figures, tasks, weather
from reactions.mailing import tell_buyer
from reactions.models import Job, Note

# The cost of every object


def save_devices(devices):
    """Save devices and write them down: two queries, however many they are."""
    Device.objects.bulk_create(devices)
    Note.objects.bulk_create(Note(text=f"{device} saved") for device in devices)


def save_reported_devices(devices):
    """Save devices, and count everything once."""
    Device.objects.bulk_create(devices)
    figures.count_devices()
    figures.plan_checks()
    figures.sum_up()


def create_numbered_device(name):
    """Create a device, and give it a number that needs its key."""
    device = Device.objects.create(name=name)
    device.number = f"D-{device.pk:05}"
    Device.objects.filter(pk=device.pk).update(number=device.number)
    return device


def delete_batch(batch):
    """Delete a batch, and its measurements in one statement."""
    measurements = QuietMeasurement.objects.filter(batch=batch)
    keys = [f"reactions:measurement:{pk}" for pk in measurements.values_list("pk", flat=True)]
    measurements.delete()
    batch.delete()
    cache.delete_many(keys)


# Time


def plan_job(task, device):
    """Leave work to a program of its own, which looks for jobs in the background."""
    Job.objects.create(task=task, about=device.name)


def place_device(device):
    """Ask for the weather first, and hold no locks meanwhile."""
    weather.ask()
    with transaction.atomic():
        device.save()


# Transactions


def sell_device(device):
    """Save a device, and tell the buyer once it is sure."""
    with transaction.atomic():
        device.save()
        transaction.on_commit(partial(tell_buyer, device.name))


def weigh_device(device):
    """Save a device, and enqueue a task about it once its row can be seen."""
    with transaction.atomic():
        device.save()
        transaction.on_commit(partial(tasks.weigh.enqueue, device.pk))


# Connections


def check_devices(devices):
    """Mark devices as checked at once, and write each of them down."""
    devices.update(is_checked=True)
    Note.objects.bulk_create(Note(text=f"{device} saved") for device in devices)


def move_device(device):
    """Save a device that was moved, and write it down."""
    device.save()
    Note.objects.create(text=f"{device} moved")


def lend_device(device):
    """Save a device that was lent, and write it down."""
    device.save()
    Note.objects.create(text=f"{device} lent")


def label_all(device, batches, label):
    """Label a device and batches, and say which device they come from; count its labels."""
    Labelled, Made = Batch.labels.through, Batch.devices.through
    Device.labels.through.objects.create(device=device, label=label)
    Labelled.objects.bulk_create(Labelled(batch=batch, label=label) for batch in batches)
    Made.objects.bulk_create(Made(batch=batch, device=device) for batch in batches)
    cache.set(f"reactions:labels:{device.pk}", device.labels.count())


def import_devices(fixture):
    """Load a fixture, and write down that it was."""
    call_command("loaddata", fixture, verbosity=0)
    Note.objects.create(text=f"{fixture} imported")
