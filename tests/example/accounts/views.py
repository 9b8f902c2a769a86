"""Registering, logging in and logging out."""

from uuid import uuid4

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import make_password

from accounts.models import User
from example.pages import show


def register(request):
    """Create a user; the profiles app hears of it and adds a profile."""
    user = User.objects.create_user(f"reader-{uuid4().hex[:8]}")
    return show(request, "accounts:register", f"User {user} has registered.")


def log_in(request):
    """Log the demo user in, who is created on the first visit."""
    user, _ = User.objects.get_or_create(
        username="demo", defaults={"password": make_password(None)}
    )
    login(request, user)
    return show(request, "accounts:login", f"User {user} is logged in.")


def log_out(request):
    """Log out whoever is logged in."""
    logout(request)
    return show(request, "accounts:logout", "Nobody is logged in now.")
