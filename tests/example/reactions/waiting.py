"""Receivers that take their time, while whoever sent the signal waits."""

import time

from django.dispatch import receiver

from habits.models import Device
from habits.signals import device_calibrated, device_measured, device_placed
from reactions import weather
from reactions.models import Note


@receiver(device_calibrated, sender=Device)
def calibrate(sender, **kwargs):
    """Do what takes long."""
    time.sleep(0.02)


@receiver(device_placed, sender=Device)
def fetch_weather(sender, **kwargs):
    """Wait for another system."""
    weather.ask()


@receiver(device_measured, sender=Device)
async def note_measurement(sender, device, **kwargs):
    """Write down a measurement, in an event loop."""
    await Note.objects.acreate(text=f"{device} has measured")
