"""The pages about how receivers are connected."""

from example.contents.pages import Comparison, Page

CONNECTING = (
    Comparison(
        "Bypassed: update() sends no signal",
        left=(
            Page(
                "habits:bypassed",
                "Nobody writes it down",
                "A receiver writes down each device that is saved. update() saves none, as "
                "far as signals go, and the notes are missing.",
                "update habits.LoggedDevice, which “wrote 12 rows without calling note_device”.",
                ("habits.views.connecting.bypassed", "reactions.repetition.note_device"),
                "implicit",
                ("bypassed",),
            ),
        ),
        right=(
            Page(
                "habits:bypassed-explicit",
                "Written down beside it",
                "One function updates the devices and writes the notes.",
                "update habits.Device and bulk_create reactions.Note: no receiver listens to them.",
                (
                    "habits.views.connecting.bypassed_explicit",
                    "habits.services.check_devices",
                ),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Connected twice: called as often",
        left=(
            Page(
                "habits:connected-twice",
                "Written down twice",
                "One function is connected with two names, and so is called twice. Mostly "
                "that happens when its module is imported under two names.",
                "note_move, which “is connected 2 times, and called as often for each send”.",
                ("habits.views.connecting.twice", "reactions.connecting.note_move"),
                "implicit",
                ("connected-twice",),
            ),
        ),
        right=(
            Page(
                "habits:connected-twice-explicit",
                "Written down once",
                "A function is called as often as it is called.",
                "save reactions.Note: one INSERT.",
                ("habits.views.connecting.twice_explicit", "habits.services.move_device"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Connected broadly: called for everything",
        left=(
            Page(
                "habits:connected-broadly",
                "A receiver of all senders",
                "A receiver is connected to m2m_changed without a sender. It counts the labels "
                "of devices, and is called for every relation of the site.",
                "count_labels, which “did nothing in 24 of its 26 calls, for 2 senders”. The "
                "advice names the one sender that it works for.",
                ("habits.views.connecting.broadly", "reactions.connecting.count_labels"),
                "implicit",
                ("connected-broadly",),
            ),
        ),
        right=(
            Page(
                "habits:connected-broadly-explicit",
                "Counted where it changes",
                "One function writes the relations, each in one statement, and counts the "
                "labels of the device.",
                "bulk_create habits.Batch_labels and habits.Batch_devices: m2m_changed isn't "
                "sent, and nobody misses it.",
                ("habits.views.connecting.broadly_explicit", "habits.services.label_all"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Weak: gone when nobody holds it",
        left=(
            Page(
                "habits:weak",
                "A local function",
                "A function that was made inside of another is connected. The signal doesn't "
                "keep it alive; only a list does, which nobody may dare to remove.",
                "note_loan, which “is a local function, and connected with a weak reference”.",
                ("habits.views.connecting.weak", "reactions.connecting.connect_locally"),
                "implicit",
                ("weak",),
            ),
        ),
        right=(
            Page(
                "habits:weak-explicit",
                "A call",
                "What is called can't have vanished.",
                "save reactions.Note, below the line that wrote it.",
                ("habits.views.connecting.weak_explicit", "habits.services.lend_device"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Raw: a fixture is loaded",
        left=(
            Page(
                "habits:raw",
                "A receiver that doesn't ask",
                "loaddata sends post_save for each object of a fixture. What it refers to may "
                "not be loaded yet, and what the receiver writes may be in the fixture too.",
                "note_import, which “ran 3 queries for 3 objects that a fixture loaded”.",
                ("habits.views.connecting.raw", "reactions.connecting.note_import"),
                "implicit",
                ("raw",),
            ),
        ),
        right=(
            Page(
                "habits:raw-explicit",
                "A receiver that asks",
                "The receiver returns at once if raw is set. The function that loads the "
                "fixture writes a note itself.",
                "post_save from habits.GuardedDevice, three times with “raw”: "
                "note_import_later did nothing.",
                (
                    "habits.views.connecting.raw_explicit",
                    "habits.services.import_devices",
                    "reactions.connecting.note_import_later",
                ),
                "explicit",
            ),
        ),
    ),
)
