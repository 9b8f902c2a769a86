"""What comes of the way in which receivers are connected."""

from django.core.management import call_command

from example.pages import show
from habits import services
from habits.models import Batch, Device, Label, LoggedDevice
from habits.signals import device_lent, device_moved


def bypassed(request):
    """Mark twelve devices as checked; the receiver that writes them down isn't called."""
    saved_devices(LoggedDevice, 12).update(is_checked=True)
    return show(request, "habits:bypassed", "12 devices are checked, and nobody wrote it down.")


def bypassed_explicit(request):
    """Mark twelve devices as checked, and write them down."""
    services.check_devices(saved_devices(Device, 12))
    return show(request, "habits:bypassed-explicit", "12 devices are checked and written down.")


def saved_devices(model, number):
    """Return devices that were saved without anybody hearing of it."""
    saved = Device.objects.bulk_create(Device(name=f"Clock {i}") for i in range(1, number + 1))
    return model.objects.filter(pk__in=[device.pk for device in saved])


def twice(request):
    """Move a device, which is written down twice."""
    device = Device.objects.create(name="Ladder")
    device_moved.send(sender=Device, device=device)
    return show(request, "habits:connected-twice", f"{device} was moved.")


def twice_explicit(request):
    """Move a device, which is written down."""
    device = Device(name="Ladder")
    services.move_device(device)
    return show(request, "habits:connected-twice-explicit", f"{device} was moved.")


def broadly(request):
    """Label a device and six batches; a receiver of all relations hears of each."""
    device, batches, label = new_things()
    device.labels.add(label)
    for batch in batches:
        batch.labels.add(label)
        batch.devices.add(device)
    return show(request, "habits:connected-broadly", "A device and 6 batches were labelled.")


def broadly_explicit(request):
    """Label a device and six batches, and count the labels of the device."""
    services.label_all(*new_things())
    outcome = "A device and 6 batches were labelled."
    return show(request, "habits:connected-broadly-explicit", outcome)


def new_things():
    """Return a device, six batches and a label."""
    batches = Batch.objects.bulk_create(Batch(name=f"Day {i}") for i in range(1, 7))
    return Device.objects.create(name="Scale"), batches, Label.objects.create(name="new")


def weak(request):
    """Lend a device; who writes that down may be gone."""
    device = Device.objects.create(name="Drill")
    device_lent.send(sender=Device, device=device)
    return show(request, "habits:weak", f"{device} was lent.")


def weak_explicit(request):
    """Lend a device, and write that down."""
    device = Device(name="Drill")
    services.lend_device(device)
    return show(request, "habits:weak-explicit", f"{device} was lent.")


def raw(request):
    """Load a fixture; a receiver works for each of its objects."""
    call_command("loaddata", "habits/imported", verbosity=0)
    return show(request, "habits:raw", "3 devices were imported.")


def raw_explicit(request):
    """Load a fixture; its receiver returns at once, and one note is written."""
    services.import_devices("habits/guarded")
    return show(request, "habits:raw-explicit", "3 devices were imported.")
