"""Another system, which takes its time to answer."""

import logging
from http.client import HTTPException
from urllib.parse import urljoin
from urllib.request import urlopen

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)


def ask():
    """Ask for the weather and keep it; the caller waits meanwhile."""
    url = urljoin(settings.EXAMPLE_API_URL, "/api/weather/")
    try:
        with urlopen(url, timeout=5) as response:
            cache.set("reactions:weather", response.read())
    except (OSError, HTTPException):
        logger.warning("there is no weather", exc_info=True)
