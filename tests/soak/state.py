"""What the soak asks the server about itself."""

import ctypes
import gc
import os
import sys
from collections import Counter

from django.http import HttpResponse, JsonResponse

from accounts.models import User
from blog.models import Article
from profiles.models import UserProfile
from shop.models import AuditLog, Product
from showcase.models import Shelf, Tag


class _MallocInfo(ctypes.Structure):
    """What glibc says of all its arenas: ``struct mallinfo2``."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def _malloc():
    """Bytes that are in use, of those that Python doesn't manage itself."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = _MallocInfo
    info = mallinfo()
    return info.uordblks + info.hblkhd


def state(request):
    """Which process this is, and how much it holds once all garbage is gone."""
    for _ in range(3):
        gc.collect()
    objects = gc.get_objects()
    ours = Counter(
        type(each).__qualname__
        for each in objects
        if str(type(each).__module__).startswith("signals_panel")
    )
    return JsonResponse(
        {
            "pid": os.getpid(),
            # Of any size up to 512 bytes, those that the collector doesn't look at included.
            "blocks": sys.getallocatedblocks(),
            # What is larger, and what libraries take.
            "malloc": _malloc(),
            "objects": len(objects),
            "ours": sum(ours.values()),
            "types": dict(ours.most_common(20)),
        }
    )


def tidy(request):
    """Delete what the pages have saved: some of them count rows."""
    # Those that refer to others come first. Nothing else runs meanwhile.
    through = Shelf.tags.through
    for model in (AuditLog, Product, Article, through, Shelf, Tag, UserProfile, User):
        rows = model._base_manager.all()
        rows._raw_delete(rows.db)
    return HttpResponse("tidy")
