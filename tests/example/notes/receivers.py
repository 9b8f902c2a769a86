"""What should run when a note is saved. Nobody imports this module, so it doesn't."""

from django.db.models.signals import post_delete, pre_save
from django.dispatch import receiver

from notes.models import Note


@receiver(pre_save, sender=Note)
def tidy(sender, instance, **kwargs):
    """Have the text end in a full stop."""
    instance.text = f"{instance.text.rstrip('.')}."


def forget(sender, **kwargs):
    """Do nothing: it is here to be connected in another way."""


post_delete.connect(forget, sender=Note)
