"""Many dispatches with one receiver each and a query in every tenth, for reports and pages."""

from django.db import connection
from django.dispatch import Signal

fired = Signal()

_SIGNALS, _SENDERS = 20, 100


class Varied:
    """Holds the signals of the varied load, so that each has a name that can be found."""


class Sender:
    """Sends the alike load."""


for _number in range(_SIGNALS):
    setattr(Varied, f"signal_{_number}", Signal())
_SENDER_CLASSES = [type(f"Sender{number}", (), {}) for number in range(_SENDERS)]


def on_fired(sender, number, **kwargs):
    """Query in every tenth call."""
    if number % 10 == 0:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [number])


def on_varied(sender, number, **kwargs):
    """Query in every tenth call, with a statement for each kind of dispatch."""
    if number // 10 % 10 == 0:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT %s AS {sender.__name__}", [number])


fired.connect(on_fired)
for _signal in vars(Varied).values():
    if isinstance(_signal, Signal):
        _signal.connect(on_varied)


def fire(number, varied=False):
    """Fire ``number`` dispatches: all alike, which fold into one row, or of 2,000 kinds."""
    if not varied:
        for i in range(number):
            fired.send(Sender, number=i)
        return
    signals = [getattr(Varied, f"signal_{i}") for i in range(_SIGNALS)]
    for i in range(number):
        signals[i % _SIGNALS].send(_SENDER_CLASSES[i // _SIGNALS % _SENDERS], number=i)
