"""Senders that are no models: any class, indeed any object, may send a signal."""

from dataclasses import dataclass


@dataclass
class Order:
    """A customer's order; sends ``order_placed`` and ``order_shipped``."""

    item: str


class Warehouse:
    """Where the stock is; sends ``stock_low`` and ``stock_checked``."""


class Depot:
    """Where more of the stock is; sends ``stock_checked`` too."""


class Report:
    """What is known of a product; sends ``report_ready``."""
