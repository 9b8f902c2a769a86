"""What is done again and again: one query for each object is easily overlooked."""

from example.pages import show
from habits import services
from habits.models import (
    Batch,
    Device,
    LoggedDevice,
    Measurement,
    NumberedDevice,
    ReportedDevice,
)


def repeated(request):
    """Save twelve devices, of which a receiver writes down each."""
    for device in new_devices(LoggedDevice, 12):
        device.save()
    return show(request, "habits:repeated", "12 devices were saved.")


def repeated_explicit(request):
    """Save twelve devices, and write them down at once."""
    services.save_devices(new_devices(Device, 12))
    return show(request, "habits:repeated-explicit", "12 devices were saved.")


def per_object(request):
    """Save three devices, each of which makes three receivers count everything."""
    for device in new_devices(ReportedDevice, 3):
        device.save()
    return show(request, "habits:per-object", "3 devices were saved.")


def per_object_explicit(request):
    """Save three devices, and count everything once."""
    services.save_reported_devices(new_devices(Device, 3))
    return show(request, "habits:per-object-explicit", "3 devices were saved.")


def new_devices(model, number):
    """Return devices that are not saved yet."""
    return [model(name=f"Sensor {i}") for i in range(1, number + 1)]


def recursion(request):
    """Create a device, which a receiver saves again."""
    device = NumberedDevice.objects.create(name="Scale")
    return show(request, "habits:recursion", f"{device} has the number {device.number}.")


def recursion_explicit(request):
    """Create a device and write its number."""
    device = services.create_numbered_device("Scale")
    return show(request, "habits:recursion-explicit", f"{device} has the number {device.number}.")


def slow_delete(request):
    """Delete a batch, whose measurements go with it one by one."""
    new_batch(12).delete()
    return show(request, "habits:slow-delete", "A batch of 12 measurements was deleted.")


def slow_delete_explicit(request):
    """Delete a batch, and its measurements in one statement."""
    services.delete_batch(new_batch(12))
    return show(request, "habits:slow-delete-explicit", "A batch of 12 measurements was deleted.")


def new_batch(number):
    """Return a batch of so many measurements."""
    batch = Batch.objects.create(name="Morning")
    Measurement.objects.bulk_create(Measurement(batch=batch, value=i) for i in range(number))
    return batch
