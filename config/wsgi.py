"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from cpims.lib.processes import leave_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
leave_with_parent()
_application = get_wsgi_application()

from cpims.api.http.admission import Admission  # noqa: E402  (needs the settings)

application = Admission(_application)
