"""The pages about what is done again and again."""

from example.contents.pages import Comparison, Page

REPETITION = (
    Comparison(
        "Repeated: the same query for every object",
        left=(
            Page(
                "habits:repeated",
                "Written down one by one",
                "A receiver writes a note of each device that is saved: one small query, "
                "twelve times.",
                "note_device, which “ran the same query on every send: 12 times”. The advice "
                "is one bulk_create.",
                ("habits.views.repetition.repeated", "reactions.repetition.note_device"),
                "implicit",
                ("repeated",),
            ),
        ),
        right=(
            Page(
                "habits:repeated-explicit",
                "Written down at once",
                "One function saves all devices and writes all notes: two queries.",
                "bulk_create habits.Device and reactions.Note, which bypassed nobody: no "
                "receiver listens to them.",
                ("habits.views.repetition.repeated_explicit", "habits.services.save_devices"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Per object: what each save costs",
        left=(
            Page(
                "habits:per-object",
                "Counted for each device",
                "Three receivers, each with a good reason, and none of them slow. "
                "Together they make a save of one query into a save of thirteen.",
                "save habits.ReportedDevice, of which each “costs 12 queries in 3 receivers”.",
                (
                    "habits.views.repetition.per_object",
                    "reactions.repetition.count_again",
                    "reactions.repetition.plan_again",
                    "reactions.repetition.sum_up_again",
                    "reactions.figures.count_devices",
                ),
                "implicit",
                ("per-object",),
            ),
        ),
        right=(
            Page(
                "habits:per-object-explicit",
                "Counted once",
                "One function saves all devices, and then counts everything once.",
                "No receiver: twelve queries below the lines of the figures, whether three "
                "devices were saved or three hundred.",
                (
                    "habits.views.repetition.per_object_explicit",
                    "habits.services.save_reported_devices",
                ),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Recursion: saving what was just saved",
        left=(
            Page(
                "habits:recursion",
                "Saved again by a receiver",
                "A number needs the key of its device, so a receiver sets it and saves the "
                "device once more. Only its own if keeps that from going on forever.",
                "give_number, which “saves the very habits.NumberedDevice that it was called "
                "for”: two deep.",
                ("habits.views.repetition.recursion", "reactions.repetition.give_number"),
                "implicit",
                ("recursion",),
            ),
        ),
        right=(
            Page(
                "habits:recursion-explicit",
                "Written with update()",
                "One function creates the device and writes its number, with a query that "
                "sends no signal.",
                "save and update habits.Device, one below the other.",
                (
                    "habits.views.repetition.recursion_explicit",
                    "habits.services.create_numbered_device",
                ),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Slow delete: row by row because somebody listens",
        left=(
            Page(
                "habits:slow-delete",
                "Deleted row by row",
                "A batch is deleted, and its measurements with it. As a receiver wants to "
                "hear of each, Django loads all of them.",
                "post_delete from habits.Measurement, “deleted row by row, 12 rows”, since "
                "forget_measurement listens.",
                ("habits.views.repetition.slow_delete", "reactions.repetition.forget_measurement"),
                "implicit",
                ("slow-delete",),
            ),
        ),
        right=(
            Page(
                "habits:slow-delete-explicit",
                "Deleted at once",
                "One function deletes the measurements in one statement, through a proxy "
                "that nobody listens to, and clears the cache in one operation.",
                "delete habits.QuietMeasurement: one DELETE.",
                (
                    "habits.views.repetition.slow_delete_explicit",
                    "habits.services.delete_batch",
                ),
                "explicit",
            ),
        ),
    ),
)
