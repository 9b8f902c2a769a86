"""A task, which Django finds again by its path. Django has tasks from 6.0 on."""

from django.tasks import task


@task
def switched():
    """Do nothing."""
