"""Pages about receivers that aren't called."""

from example.contents.pages import Comparison, Page, Section

NOTES = Section(
    "notes",
    "An app that has forgotten to import its receivers.",
    (
        Comparison(
            "A receiver that never runs",
            left=(
                Page(
                    "notes:write",
                    "Write a note",
                    "A receiver should end the note with a full stop. Nobody imports the module "
                    "it is in, so it isn't connected, and nothing tells of it.",
                    "the tab “Not called”: notes.receivers.tidy, never imported, and where to "
                    "import it.",
                    # Not the receiver: to show its source is to import it.
                    ("notes.views.write", "notes.apps.NotesConfig"),
                    "implicit",
                ),
            ),
        ),
    ),
)
