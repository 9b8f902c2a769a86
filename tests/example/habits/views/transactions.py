"""What is done before it is sure that it will have happened."""

from django.db import transaction

from example.pages import show
from habits import services
from habits.models import Device
from habits.signals import device_placed, device_sold, device_weighed
from reactions.tasks import HAS_TASKS

_NO_TASKS = "Nothing happened: this page needs Django's tasks, which came with version 6.0."


def irreversible(request):
    """Sell a device in a transaction, inside of which mail is sent."""
    device = Device(name="Microscope")
    with transaction.atomic():
        device.save()
        device_sold.send(sender=Device, device=device)
    return show(request, "habits:irreversible", f"{device} was sold.")


def irreversible_explicit(request):
    """Sell a device in a transaction, after which mail is sent."""
    device = Device(name="Microscope")
    services.sell_device(device)
    return show(request, "habits:irreversible-explicit", f"{device} was sold.")


def enqueued_early(request):
    """Save a device in a transaction, inside of which a task is enqueued."""
    outcome = _NO_TASKS
    if HAS_TASKS:
        device = Device(name="Stone")
        with transaction.atomic():
            device.save()
            device_weighed.send(sender=Device, device=device)
        outcome = f"{device} will be weighed."
    return show(request, "habits:enqueued-early", outcome)


def enqueued_early_explicit(request):
    """Save a device in a transaction, after which a task is enqueued."""
    outcome = _NO_TASKS
    if HAS_TASKS:
        device = Device(name="Stone")
        services.weigh_device(device)
        outcome = f"{device} will be weighed."
    return show(request, "habits:enqueued-early-explicit", outcome)


def waits(request):
    """Save a device in a transaction, inside of which another system is asked."""
    device = Device(name="Thermometer")
    with transaction.atomic():
        device.save()
        device_placed.send(sender=Device, device=device)
    return show(request, "habits:waits-in-transaction", f"{device} was placed.")


def waits_explicit(request):
    """Ask another system, and save a device in a transaction then."""
    device = Device(name="Thermometer")
    services.place_device(device)
    return show(request, "habits:waits-in-transaction-explicit", f"{device} was placed.")
