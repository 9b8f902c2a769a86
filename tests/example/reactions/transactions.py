"""Receivers that do what a rollback wouldn't take back."""

from django.dispatch import receiver

from habits.models import Device
from habits.signals import device_sold, device_weighed
from reactions import tasks
from reactions.mailing import tell_buyer


@receiver(device_sold, sender=Device)
def mail_buyer(sender, device, **kwargs):
    """Tell the buyer at once, whatever becomes of the transaction."""
    tell_buyer(device.name)


@receiver(device_weighed, sender=Device)
def enqueue_weighing(sender, device, **kwargs):
    """Enqueue a task about a row that no other connection sees yet."""
    tasks.weigh.enqueue(device.pk)
