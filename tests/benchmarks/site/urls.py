"""The example site's addresses, and a page that fires as many signals as asked for."""

from django.http import HttpResponse
from django.urls import include, path

from benchmarks import loads


def fire(request, kind, number):
    """Fire; the answer is a page, so that the toolbar shows."""
    loads.fire(number, varied=kind == "varied")
    return HttpResponse("<!doctype html><title>Fired</title><body><h1>Fired</h1></body>")


urlpatterns = [
    path("fire/<slug:kind>/<int:number>/", fire),
    path("", include("example.urls")),
]
