"""The pages about time."""

from example.contents.pages import Comparison, Page

WAITING = (
    Comparison(
        "Slow: whoever sends the signal waits",
        left=(
            Page(
                "habits:slow",
                "Done by a receiver",
                "A receiver takes 20 milliseconds. send() looks as if it announced "
                "something; it waits until all is done.",
                "calibrate, which took most of the request, all of it Python.",
                ("habits.views.waiting.slow", "reactions.waiting.calibrate"),
                "implicit",
                ("slow",),
            ),
        ),
        right=(
            Page(
                "habits:slow-explicit",
                "Left for later",
                "One function writes a row about what is to be done. A program of its own "
                "reads it, while the visitor reads the page.",
                "save reactions.Job: one INSERT.",
                ("habits.views.waiting.slow_explicit", "habits.services.plan_job"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Background: another system takes its time",
        left=(
            Page(
                "habits:background",
                "Waited for by a receiver",
                "A receiver asks another system. The page is as slow as that, and fails "
                "when that does.",
                "fetch_weather, which waited for HTTP. The advice is a background job.",
                (
                    "habits.views.waiting.background",
                    "reactions.waiting.fetch_weather",
                    "reactions.weather.ask",
                ),
                "implicit",
                ("background",),
            ),
        ),
        right=(
            Page(
                "habits:background-explicit",
                "Left to a background job",
                "One function writes a row about what is to be asked.",
                "save reactions.Job: one INSERT, and nothing is waited for.",
                ("habits.views.waiting.background_explicit", "habits.services.plan_job"),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Switch: from sync to async, and back",
        left=(
            Page(
                "habits:switch",
                "send() to an async receiver",
                "The view is synchronous and the receiver isn't: Django starts an event loop "
                "for it, and stops it again.",
                "device_measured from habits.Device, and what it took “to come to async "
                "receivers and back”. This site reports it from 0 ms on, not from 1.",
                ("habits.views.waiting.switch", "reactions.waiting.note_measurement"),
                "implicit",
                ("switch",),
            ),
        ),
        right=(
            Page(
                "habits:switch-explicit",
                "asend() to an async receiver",
                "View and receiver are both asynchronous, so nothing has to be switched "
                "between them.",
                "device_measured from habits.Device, sent with asend.",
                ("habits.views.waiting.switch_explicit", "reactions.waiting.note_measurement"),
                "explicit",
            ),
        ),
    ),
)
