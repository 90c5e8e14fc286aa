"""The addresses of the site."""

from django.urls import include, path, re_path

from cpims.api import other_client, pages
from cpims.api.urls import health_urls, v1, v2

urlpatterns = [
    path("api/v2/", v2.urls),
    path("api/cpims/v1/", v1.urls),
    path("health", include(health_urls)),
    path("app/", pages.app),
    re_path(r"^app/(?P<path>.+)$", pages.app),
    path("app", pages.home),
    re_path(r"^(?P<path>manifest(?:\.json)?)$", other_client.show_manifest),
    path("theme", other_client.show_theme),
    re_path(r"^(?P<path>.*)$", other_client.show_page),
]
