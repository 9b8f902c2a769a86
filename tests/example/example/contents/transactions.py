"""The pages about what is done before the commit."""

from example.contents.pages import Comparison, Page

TRANSACTIONS = (
    Comparison(
        "Irreversible: mail inside a transaction",
        left=(
            Page(
                "habits:irreversible",
                "Sent before the commit",
                "A receiver sends mail inside of the view's transaction. If that were rolled "
                "back, the buyer would have been told of a sale that never was.",
                "mail_buyer, which “sent mail inside a transaction”. The advice is on_commit.",
                (
                    "habits.views.transactions.irreversible",
                    "reactions.transactions.mail_buyer",
                    "reactions.mailing.tell_buyer",
                ),
                "implicit",
                ("irreversible",),
            ),
        ),
        right=(
            Page(
                "habits:irreversible-explicit",
                "Sent after the commit",
                "One function saves the device, and puts the mail off until that is sure.",
                "tell_buyer, which ran after the commit.",
                (
                    "habits.views.transactions.irreversible_explicit",
                    "habits.services.sell_device",
                ),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Enqueued early: a task about a row that isn't there yet",
        left=(
            Page(
                "habits:enqueued-early",
                "Enqueued before the commit",
                "A receiver enqueues a task with the key of a new device. A worker that is "
                "quick looks for the row before it can be seen. Needs Django 6.0.",
                "enqueue_weighing, which “enqueued 1 task inside a transaction”.",
                (
                    "habits.views.transactions.enqueued_early",
                    "reactions.transactions.enqueue_weighing",
                ),
                "implicit",
                ("enqueued-early",),
            ),
        ),
        right=(
            Page(
                "habits:enqueued-early-explicit",
                "Enqueued after the commit",
                "One function saves the device, and puts off enqueueing until its row can be "
                "seen. Needs Django 6.0.",
                "Task.enqueue, which ran after the commit.",
                (
                    "habits.views.transactions.enqueued_early_explicit",
                    "habits.services.weigh_device",
                ),
                "explicit",
            ),
        ),
    ),
    Comparison(
        "Waits in a transaction: locks are held meanwhile",
        left=(
            Page(
                "habits:waits-in-transaction",
                "Asked in the transaction",
                "A receiver asks another system inside of the view's transaction. On other "
                "databases than SQLite the rows stay locked, on SQLite the whole database.",
                "fetch_weather, which waited “for HTTP inside a transaction”. The visitor waited "
                "too; outside of a transaction, that would be what is found.",
                (
                    "habits.views.transactions.waits",
                    "reactions.waiting.fetch_weather",
                ),
                "implicit",
                ("waits-in-transaction",),
            ),
        ),
        right=(
            Page(
                "habits:waits-in-transaction-explicit",
                "Asked before the transaction",
                "One function asks first, and opens the transaction then. The visitor still "
                "waits, as everybody can read; nobody else does.",
                "The request by HTTP, outside of receivers and before the save.",
                ("habits.views.transactions.waits_explicit", "habits.services.place_device"),
                "explicit",
            ),
        ),
    ),
)
