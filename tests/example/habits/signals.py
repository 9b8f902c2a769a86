"""The signals of devices; ``Device`` sends them all, with ``device``."""

from django.dispatch import Signal

device_moved = Signal()

device_lent = Signal()

device_measured = Signal()

device_calibrated = Signal()

device_placed = Signal()

device_sold = Signal()

device_weighed = Signal()
