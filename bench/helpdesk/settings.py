"""The settings of a Django project that holds django-helpdesk and nothing else; servers come from the environment."""

import os

SECRET_KEY = "only for measuring"
ALLOWED_HOSTS = ["localhost"]
USE_TZ = True
ROOT_URLCONF = "bench.helpdesk.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["HELPDESK_DATABASE"]}}
MEDIA_ROOT = os.environ["HELPDESK_MEDIA"]
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["HELPDESK_SMTP_PORT"])
DEFAULT_FROM_EMAIL = os.environ["HELPDESK_ADDRESS"]
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False  # or it needs another application
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "helpdesk",
    "django_cleanup.apps.CleanupConfig",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
