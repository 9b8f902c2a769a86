"""Devices, and what is done with them.

The signals of a proxy model are sent by the proxy, not by the model behind it. So each page has
a sender of its own, and nobody listens to ``Device`` itself.
"""

from django.db import models


class Label(models.Model):
    """A word about a device or a batch."""

    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Device(models.Model):
    """A device. No receiver hears of its saving."""

    name = models.CharField(max_length=100)
    number = models.CharField(max_length=20, blank=True)
    is_checked = models.BooleanField(default=False)
    labels = models.ManyToManyField(Label, related_name="devices")

    def __str__(self):
        return self.name


class LoggedDevice(Device):
    """A device whose saving is written down by a receiver."""

    class Meta:
        proxy = True


class ReportedDevice(Device):
    """A device whose saving makes three receivers count everything."""

    class Meta:
        proxy = True


class NumberedDevice(Device):
    """A device that gets its number from a receiver, which saves it again."""

    class Meta:
        proxy = True


class ImportedDevice(Device):
    """A device of a fixture, with a receiver that doesn't ask whether it is one."""

    class Meta:
        proxy = True


class GuardedDevice(Device):
    """A device of a fixture, with a receiver that asks."""

    class Meta:
        proxy = True


class Batch(models.Model):
    """Measurements that were made together, and the devices that made them."""

    name = models.CharField(max_length=100)
    labels = models.ManyToManyField(Label, related_name="batches")
    devices = models.ManyToManyField(Device, related_name="batches")

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self):
        return self.name


class Measurement(models.Model):
    """One value. A receiver hears of its deletion."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="measurements")
    value = models.IntegerField()

    def __str__(self):
        return f"{self.value} in {self.batch_id}"


class QuietMeasurement(Measurement):
    """A value whose deletion no receiver hears."""

    class Meta:
        proxy = True
