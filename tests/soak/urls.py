"""The example's addresses, and pages whose facts carry the mark of their request."""

from django.urls import include, path

from soak import state, views

urlpatterns = [
    path("soak/queries/", views.queries),
    path("soak/nested/", views.nested),
    path("soak/fresh/", views.fresh),
    path("soak/async/", views.async_page),
    path("soak/streams/", views.streams),
    path("soak/astreams/", views.astreams),
    path("soak/raises/", views.raises),
    path("soak/unheard/", views.unheard),
    path("soak/state/", state.state),
    path("soak/tidy/", state.tidy),
    path("", include("example.urls")),
]
