"""What a user tells about themselves."""

from django.conf import settings
from django.db import models


class UserProfile(models.Model):
    """One user's profile."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    bio = models.TextField(blank=True)

    def __str__(self):
        return f"Profile of {self.user}"
