"""Addresses of the notes app."""

from django.urls import path

from notes import views

app_name = "notes"
urlpatterns = [path("write/", views.write, name="write")]
