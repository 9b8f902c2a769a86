"""The view of the notes app."""

from example.pages import show
from notes.models import Note


def write(request):
    """Save a note, which nobody tidies."""
    note = Note.objects.create(text="Buy bulbs")
    return show(request, "notes:write", f"The note is “{note}”, without its full stop.")
