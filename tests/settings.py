"""The example site's settings, and a second database where one is named."""

import os
from urllib.parse import urlsplit

from example.settings import *  # noqa: F403 - all of them
from example.settings import DATABASES

if (url := urlsplit(os.environ.get("TEST_POSTGRES", ""))).hostname:
    DATABASES["postgres"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.strip("/"),
        "USER": url.username,
        "PASSWORD": url.password or "",
        "HOST": url.hostname,
        "PORT": url.port,
        # Its own for each process: tox runs several at once on one server.
        "TEST": {"NAME": f"test_signals_panel_{os.getpid()}"},
    }
