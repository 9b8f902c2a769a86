"""What the visitor waits for."""

import time

from django.http import JsonResponse

from example.pages import show
from habits import services
from habits.models import Device
from habits.signals import device_calibrated, device_measured, device_placed


def slow(request):
    """Send a signal whose receiver takes long."""
    device_calibrated.send(sender=Device, device=Device(name="Scale"))
    return show(request, "habits:slow", "A scale was calibrated.")


def slow_explicit(request):
    """Write down what is to be done."""
    services.plan_job("calibrate", Device(name="Scale"))
    return show(request, "habits:slow-explicit", "A scale will be calibrated.")


def background(request):
    """Send a signal whose receiver waits for another system."""
    device_placed.send(sender=Device, device=Device(name="Thermometer"))
    return show(request, "habits:background", "The weather is known.")


def background_explicit(request):
    """Write down what is to be asked."""
    services.plan_job("ask for the weather", Device(name="Thermometer"))
    return show(request, "habits:background-explicit", "The weather will be asked for.")


def weather_api(request):
    """Stand in for the other system, which takes its time."""
    time.sleep(0.02)
    return JsonResponse({"weather": "fair"})


def switch(request):
    """Send to an asynchronous receiver from a view that isn't."""
    device_measured.send(sender=Device, device=Device(name="Scale"))
    return show(request, "habits:switch", "A measurement was written down.")


async def switch_explicit(request):
    """Send to an asynchronous receiver from an asynchronous view."""
    await device_measured.asend(sender=Device, device=Device(name="Scale"))
    return show(request, "habits:switch-explicit", "A measurement was written down.")
