"""Django settings, read once from the environment. `core/configuring.py` says what each variable means."""

from __future__ import annotations

from ringtrue.core.configuring import CONFIG, database_settings, secret

DATA_DIR = CONFIG.data
DEBUG = False
SECRET_KEY = secret("django")
ALLOWED_HOSTS = CONFIG.hosts
PUBLIC_URL = CONFIG.public_url
MEDIA_SOCKET_URL = CONFIG.media_url
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ringtrue.accounts",  # before allauth: its templates stand in front of allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "ringtrue.core",
    "ringtrue.privacy",
    "ringtrue.billing",
    "ringtrue.contacts",
    "ringtrue.calendars",
    "ringtrue.numbers",
    "ringtrue.notifications",
    "ringtrue.agents",
    "ringtrue.calls",
    "ringtrue.dialing",
    "ringtrue.reception",
    "ringtrue.rights",
    "ringtrue.leads",
    "ringtrue.campaigns",
    "ringtrue.concierge",
    "ringtrue.reminders",
    "ringtrue.call_us",
    "ringtrue.console",
    "ringtrue.api",
    "ringtrue.media",
    "ringtrue.hosted",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ringtrue.core.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ringtrue.accounts.signing_in.SessionRecord",
    "ringtrue.accounts.sign_in_limits.SignInLimits",
    "ringtrue.console.closed_calls.ClosedCalls",
]

ROOT_URLCONF = "ringtrue.core.urls"
ASGI_APPLICATION = "ringtrue.core.asgi.application"
WSGI_APPLICATION = None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ringtrue.console.context.console",
            ],
        },
    }
]

DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CONFIG.redis_url,
        "KEY_PREFIX": CONFIG.redis_prefix,
    }
}

# Callixo §7 promises sessions in Redis; our subclass keeps only a hash of the token there (P-CLX-7-4).
SESSION_ENGINE = "ringtrue.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_AGE = 24 * 3600  # a session nobody uses ends; SESSION_LIFETIME_SECONDS ends any session
SESSION_LIFETIME_SECONDS = 14 * 24 * 3600
# One cookie does all (P-LEX-5-1): what protects forms, and sentences for the next page, are kept with the session.
CSRF_USE_SESSIONS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "ringtrue.console.views.doors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE and CONFIG.behind_proxy  # without a proxy before us nothing tells which of the two it was
SECURE_REDIRECT_EXEMPT = [r"^health$"]  # the supervisor asks it from this machine
# Scheme and address of a request are those that the server has put right: it knows which proxies to believe (serving_web.py).
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "ringtrue.accounts.hashing.BcryptCost12",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FORM_CLASS = "ringtrue.accounts.sign_up_fields.SignUpFields"
ACCOUNT_FORMS = {"signup": "ringtrue.accounts.signing_up.SignUpForm"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the session that changed it stays; all others end
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# `accounts/sign_in_limits.py` counts these and answers 429 with Retry-After; allauth would answer 200 with a form error.
ACCOUNT_RATE_LIMITS = {"login_failed": ""}
ACCOUNT_ADAPTER = "ringtrue.accounts.adapting.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Ringtrue"
MFA_ADAPTER = "ringtrue.accounts.adapting.MFAAdapter"

# Default installation: mail goes to a folder and is announced in the terminal.
EMAIL_BACKEND = CONFIG.email_backend
EMAIL_FILE_PATH = str(CONFIG.data / "mail")
EMAIL_HOST = CONFIG.smtp_host
EMAIL_PORT = CONFIG.smtp_port
EMAIL_HOST_USER = CONFIG.smtp_user
EMAIL_HOST_PASSWORD = CONFIG.smtp_password
EMAIL_USE_TLS = CONFIG.smtp_tls
DEFAULT_FROM_EMAIL = CONFIG.from_email

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.root / "build" / "static"
STATICFILES_DIRS = [CONFIG.root / "build" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(CONFIG.data / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Each feature keeps its background jobs in `jobs.py`.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
WEBHOOKS_ALLOW_LOCAL = CONFIG.webhooks_allow_local

LOGGING_CONFIG = "ringtrue.core.logging_out.configure"
LOGGING: dict[str, object] = {"ours": True}  # Django calls LOGGING_CONFIG only when this is not empty
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # more than limiting_bodies lets in: an uploaded file never lies open on the disk
