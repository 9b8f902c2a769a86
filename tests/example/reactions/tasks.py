"""Work for Django's tasks, which came with version 6.0; there is none before."""

import django

from habits.models import Device

HAS_TASKS = django.VERSION >= (6, 0)

if HAS_TASKS:
    from django.tasks import task

    @task
    def weigh(device_id):
        """Weigh a device, whose row has to be there."""
        return len(Device.objects.get(pk=device_id).name)
