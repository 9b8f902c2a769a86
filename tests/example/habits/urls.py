"""Addresses of the habits app: one for each rule of the panel, and one for its twin."""

from django.urls import path

from habits.views import connecting, repetition, transactions, waiting


def pair(name, implicit, explicit):
    """Return the addresses of the two pages about one rule."""
    return [
        path(f"{name}/", implicit, name=name),
        path(f"{name}/explicit/", explicit, name=f"{name}-explicit"),
    ]


app_name = "habits"
urlpatterns = [
    *pair("repeated", repetition.repeated, repetition.repeated_explicit),
    *pair("per-object", repetition.per_object, repetition.per_object_explicit),
    *pair("recursion", repetition.recursion, repetition.recursion_explicit),
    *pair("slow-delete", repetition.slow_delete, repetition.slow_delete_explicit),
    *pair("slow", waiting.slow, waiting.slow_explicit),
    *pair("background", waiting.background, waiting.background_explicit),
    *pair("switch", waiting.switch, waiting.switch_explicit),
    *pair("irreversible", transactions.irreversible, transactions.irreversible_explicit),
    *pair("enqueued-early", transactions.enqueued_early, transactions.enqueued_early_explicit),
    *pair("waits-in-transaction", transactions.waits, transactions.waits_explicit),
    *pair("bypassed", connecting.bypassed, connecting.bypassed_explicit),
    *pair("connected-twice", connecting.twice, connecting.twice_explicit),
    *pair("connected-broadly", connecting.broadly, connecting.broadly_explicit),
    *pair("weak", connecting.weak, connecting.weak_explicit),
    *pair("raw", connecting.raw, connecting.raw_explicit),
]
