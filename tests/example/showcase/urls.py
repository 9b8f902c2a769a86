"""Addresses of the showcase app."""

from django.urls import path

from showcase import views

app_name = "showcase"
urlpatterns = [
    path("raises/", views.raises, name="raises"),
    path("swallowed/", views.swallowed, name="swallowed"),
    path("caught/", views.caught, name="caught"),
    path("custom-signal/", views.custom_signal, name="custom-signal"),
    path("async/", views.async_receivers, name="async"),
    path("loop/", views.loop, name="loop"),
    path("bulk/", views.bulk, name="bulk"),
    path("prices/loop/", views.prices_in_a_loop, name="prices-loop"),
    path("prices/update/", views.prices_at_once, name="prices-update"),
    path("deferred/", views.deferred, name="deferred"),
    path("rolled-back/", views.rolled_back, name="rolled-back"),
    path("m2m/", views.m2m, name="m2m"),
    path("nothing/", views.nothing, name="nothing"),
    path("streaming/", views.streaming, name="streaming"),
    path("ajax/", views.ajax, name="ajax"),
    path("ajax/data/", views.ajax_data, name="ajax-data"),
]
