"""The example site with one page more, for the browser to open."""

from example.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.site.urls"
