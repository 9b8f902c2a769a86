"""What the panel advises against, rule by rule, and what it has nothing to say about."""

from example.contents.connecting import CONNECTING
from example.contents.pages import Section
from example.contents.repetition import REPETITION
from example.contents.transactions import TRANSACTIONS
from example.contents.waiting import WAITING

HABITS = Section(
    "habits",
    "One page for each rule of the panel, beside one that does the same explicitly, about which "
    "the panel has nothing to say. The receivers are those of another app, reactions.",
    (*REPETITION, *WAITING, *TRANSACTIONS, *CONNECTING),
)
