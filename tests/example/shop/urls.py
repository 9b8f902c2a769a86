"""Addresses of the shop app."""

from django.urls import path

from shop import views

app_name = "shop"
urlpatterns = [
    path("product/signal/", views.product_by_signal, name="product-signal"),
    path("product/service/", views.product_by_service, name="product-service"),
    path("cascade/", views.cascade, name="cascade"),
]
