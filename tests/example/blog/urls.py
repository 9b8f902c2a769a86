"""Addresses of the blog app."""

from django.urls import path

from blog import views

app_name = "blog"
urlpatterns = [
    path("publish/signal/", views.publish_by_signal, name="publish-signal"),
    path("publish/save/", views.publish_by_save, name="publish-save"),
    path("publish/service/", views.publish_by_service, name="publish-service"),
]
