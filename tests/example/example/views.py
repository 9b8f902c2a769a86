"""The home page."""

from django.shortcuts import render

from example.contents import SECTIONS


def home(request):
    """List every page of the site, grouped by app."""
    return render(request, "home.html", {"sections": SECTIONS})
