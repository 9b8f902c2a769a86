"""The watched page, and the toolbar's own addresses."""

from debug_toolbar.toolbar import debug_toolbar_urls

from benchmarks.own_time import urlpatterns as watched

urlpatterns = [*watched, *debug_toolbar_urls()]
