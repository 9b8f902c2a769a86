"""The site's user."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A user of the site. It knows nothing of profiles."""
