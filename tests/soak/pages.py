"""What is asked for, how often, and what the answer must be."""

import random
from typing import NamedTuple


class Page(NamedTuple):
    """One address of the mixture."""

    path: str
    weight: int
    status: int = 200
    # The mark of the request must be in its panel.
    is_marked: bool = False
    ends: bytes = b"</html>"
    # The client goes away before the end.
    is_left: bool = False


_PAGES = (
    Page("/", 20),
    Page("/showcase/nothing/", 60),
    Page("/shop/cascade/", 40),
    Page("/shop/product/signal/", 40),
    Page("/blog/publish/signal/", 40),
    Page("/blog/publish/save/", 20),
    Page("/accounts/register/", 20),
    Page("/showcase/m2m/", 30),
    Page("/showcase/raises/", 20),
    Page("/showcase/swallowed/", 20),
    Page("/showcase/custom-signal/", 30),
    Page("/showcase/async/", 30),
    Page("/showcase/bulk/", 10),
    # More than a panel that waits to be opened may hold.
    Page("/showcase/loop/", 2),
    Page("/showcase/ajax/data/", 60, ends=b"}"),
    Page("/soak/queries/", 160, is_marked=True),
    Page("/soak/nested/", 120, is_marked=True),
    Page("/soak/fresh/", 100, is_marked=True),
    Page("/soak/unheard/", 40, is_marked=True),
    Page("/soak/async/", 50, is_marked=True),
    Page("/soak/raises/", 20, status=500, is_marked=True),
)
# An event loop consumes no plain generator without a warning, and a thread no other.
_STREAMS = {
    "gunicorn": (
        Page("/showcase/streaming/", 20, ends=b"-->"),
        Page("/soak/streams/", 60, is_marked=True),
        Page("/soak/streams/", 10, is_left=True),
    ),
    "uvicorn": (
        Page("/soak/astreams/", 40, is_marked=True),
        Page("/soak/astreams/", 10, is_left=True),
        Page("/soak/async/", 10, is_left=True),
    ),
}


def mixture(server: str, number: int) -> list[Page]:
    """So many pages, in the same order each time."""
    pages = (*_PAGES, *_STREAMS[server])
    chosen = random.Random(number).choices(pages, [page.weight for page in pages], k=number)
    return chosen
