"""The good use of a signal: two apps that know nothing of each other.

``accounts`` could be somebody else's package. A signal lets ``profiles`` act on a
new user without a change there.
"""

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from profiles.models import UserProfile


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def create_user_profile(sender, instance, created, **kwargs):
    """Give every new user a profile."""
    if created:
        UserProfile.objects.create(user=instance)
