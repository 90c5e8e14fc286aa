"""Django's settings: fixed choices here, an operator's choices from :mod:`config.environment`."""

from __future__ import annotations

from config.environment import database_settings, read_environment

ENVIRONMENT = read_environment()

DEBUG = False
SECRET_KEY = "unused: every secret of ours is a file of the instance (cpims.lib.secrets)"
ALLOWED_HOSTS = ["*"] if not ENVIRONMENT.allowed_hosts else list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
INSTALLED_APPS = ["django.contrib.postgres", "procrastinate.contrib.django", "cpims.apps.CpimsConfig"]
MIDDLEWARE = [
    "cpims.api.http.transport.Transport",
    "cpims.api.http.security.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",
]
DATABASES = {
    "default": database_settings(ENVIRONMENT.database_url or "postgresql://cpims@127.0.0.1:5432/cpims"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
#: A file of 20 MB in base64, as Primero's clients send it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = ["cpims.jobs.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"cpims": {"level": "INFO"}, "django.request": {"level": "CRITICAL"}},
}
