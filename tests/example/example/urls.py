"""The site's addresses."""

from django.urls import include, path

from example.views import home
from habits.views.waiting import weather_api
from shop.views import stock_api

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("blog/", include("blog.urls")),
    path("shop/", include("shop.urls")),
    path("showcase/", include("showcase.urls")),
    path("habits/", include("habits.urls")),
    path("notes/", include("notes.urls")),
    path("api/stock/", stock_api, name="stock-api"),
    path("api/weather/", weather_api, name="weather-api"),
    # Not debug_toolbar_urls(): it adds nothing while DEBUG is off, as in tests.
    path("__debug__/", include("debug_toolbar.urls")),
]
