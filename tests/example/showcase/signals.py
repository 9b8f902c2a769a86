"""The project's own signals, and the arguments that each of them sends."""

from django.dispatch import Signal

order_placed = Signal()
"""Sent by ``Order`` with ``order``."""

order_shipped = Signal()
"""Sent by ``Order`` with ``order``."""

stock_low = Signal()
"""Sent by ``Warehouse`` with ``item``."""

stock_checked = Signal()
"""Sent by ``Warehouse`` and ``Depot`` with ``item``."""

report_ready = Signal()
"""Sent by ``Report`` with ``title``."""
