"""Django's settings. What differs from place to place is read in `stackpick.environment`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF

from stackpick.environment import BASE_DIR, STATIC_DIR, STATIC_MANIFEST, read_environment
from stackpick.headers import on_static_files
from stackpick.logs import logging_settings

ENVIRONMENT = read_environment()

DEBUG = ENVIRONMENT.debug
# May be empty: commands that sign nothing run without one, servers refuse to start
# (`require_server_settings`), and Django raises wherever an empty key would be used.
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
LENS_FILE = ENVIRONMENT.lens_file

ROOT_URLCONF = "stackpick.urls"
WSGI_APPLICATION = "stackpick.wsgi.application"

INSTALLED_APPS = [
    "assessments",
    "assessments.apps.DeskConfig",  # django.contrib.admin, with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "corsheaders",
    "simple_history",
    "assessments.apps.SignInsConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    # First: whatever is logged and answered from here on has the request's id.
    "stackpick.request_id.named",
    # Counts what all others take; not there where METRICS is not set.
    "stackpick.metrics.counted",
    # Before all that may answer by itself, so that no answer goes without a header or the policy.
    "stackpick.headers.security_headers",
    "csp.middleware.CSPMiddleware",
    # Pads each page by a random length, so that its size tells nothing of the secrets on it.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before all that may refuse a request: other sites' scripts are to see why.
    "corsheaders.middleware.CorsMiddleware",
    # Before all that asks which host is meant.
    "stackpick.readiness.probes",
    "stackpick.middleware.utf8_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stackpick.integrity.desk_integrity",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stackpick.middleware.vary_on_htmx",
    # After all that gives a page its headers, before all that only founders and staff need.
    "assessments.middleware.shared_results",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Who it was that changed something, for the desk's history.
    "simple_history.middleware.HistoryRequestMiddleware",
    # These two ask nothing of the database until the desk asks who is there, or a sign-in fails.
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "site"],
        "OPTIONS": {
            "environment": "stackpick.jinja.environment",
            "context_processors": ["stackpick.context.page_base"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "desk"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CACHES = {"default": ENVIRONMENT.cache}
DATABASES = {"default": ENVIRONMENT.database}
if ENVIRONMENT.replica:
    # Tests see the primary by this name too, as one transaction cannot be seen from another.
    DATABASES["replica"] = ENVIRONMENT.replica | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["stackpick.replica.Router"]
    MIDDLEWARE.append("stackpick.replica.remember_writes")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STATIC_DIR
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names with hashes may be cached for ever; while developing they would only be in the way.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if DEBUG
    else {"BACKEND": "stackpick.storage.BundledStorage", "OPTIONS": {"manifest": STATIC_MANIFEST}},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # First: whoever is locked out is not looked at further.
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
] + [{"NAME": "assessments.passwords.NotOurOwnWords"}]
# Where signing in leads to that was to lead elsewhere.
LOGIN_REDIRECT_URL = "admin:index"
REQUIRE_MFA = ENVIRONMENT.require_mfa
OTP_TOTP_ISSUER = "StackPick"

# Five failures for one account from one address close it to that address for a while. Not the
# account alone, or anybody could lock its owner out; not the address, or one desk could another.
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "stackpick.client_address.client_address"
AXES_LOCKOUT_CALLABLE = "assessments.admin.throttling.locked_out"
# Never kept, beside the password: a "next" may hold a secret link.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "next", "csrfmiddlewaretoken"]
AXES_VERBOSE = False

# What may be asked for how often from one address (`assessments.limits`).
RATES = ENVIRONMENT.rates

SITE_URL = ENVIRONMENT.site_url
SECURITY_CONTACT = ENVIRONMENT.security_contact
# Whether kinds of changes are suggested, where the extra is installed.
SUGGEST = ENVIRONMENT.suggest
DRAFT_DAYS = ENVIRONMENT.draft_days
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
globals().update(ENVIRONMENT.email)

# Nothing that this site takes is larger; whatever is gets a 400 before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = ["stackpick.uploads.NoFiles"]

_POLICY: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _POLICY}
STATIC_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
WHITENOISE_ADD_HEADERS_FUNCTION = on_static_files
WHITENOISE_ALLOW_ALL_ORIGINS = False
# What pages of other sites may put into theirs: the API, whose answers are nobody's own, and the
# pictures that are made for it.
EMBEDDABLE_URLS_REGEX = r"^/(api/.|schema/|r/[^/]+\.(png|svg)$|examples/[^/]+\.(png|svg)$)"
# One button copies a link; nothing else that a browser can do or tell is used. Names that not
# every browser knows are left out: those that do not know them complain on each page.
PERMISSIONS_POLICY = (
    "clipboard-write=(self), accelerometer=(), autoplay=(), camera=(), clipboard-read=(), "
    "display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), "
    "gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), picture-in-picture=(), publickey-credentials-create=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), "
    "window-management=(), xr-spatial-tracking=()"
)
# Scripts of any site may ask the scoring API and read its schemas; no other page, and never as
# somebody who is signed in.
CORS_URLS_REGEX = r"^/(api|schema)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "POST"]
CORS_ALLOW_HEADERS = ["accept", "content-type"]
CORS_EXPOSE_HEADERS = ["retry-after"]

# Addresses hold capability tokens: a link to another site must never tell it the path.
SECURE_REFERRER_POLICY = "strict-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

_TLS = not (ENVIRONMENT.plain_http or DEBUG)
SECURE_SSL_REDIRECT = _TLS
# Platforms ask for these two from inside, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.hsts_subdomains
SECURE_HSTS_PRELOAD = ENVIRONMENT.hsts_preload
# Both are for the domain's owner to decide on, not for one application on it: where the answer is
# no, the deploy check need not ask again.
SILENCED_SYSTEM_CHECKS = [
    check
    for check, decided in {
        "security.W005": SECURE_HSTS_INCLUDE_SUBDOMAINS,
        "security.W021": SECURE_HSTS_PRELOAD,
    }.items()
    if not decided
]
if _TLS:
    _POLICY["upgrade-insecure-requests"] = True
if ENVIRONMENT.trust_x_forwarded_proto:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Browsers take a cookie of such a name only with Secure, for this host alone and for all of it, so
# that no other host of the domain can put one in its place. Plain HTTP cannot set them.
_COOKIE = "__Host-" if _TLS else ""
SESSION_COOKIE_NAME = f"{_COOKIE}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE}csrftoken"
MESSAGES_COOKIE_NAME = f"{_COOKIE}messages"
MESSAGE_STORAGE = "stackpick.cookies.MessagesInCookie"
# Only the desk has sessions: they end with the browser, and twelve hours after the sign-in.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = _TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _TLS
CSRF_COOKIE_HTTPONLY = True  # Forms carry the token; no script reads it.
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.csrf_trusted_origins
CSRF_FAILURE_VIEW = "stackpick.errors.csrf_failure"

LOGGING = logging_settings(ENVIRONMENT.log_level, ENVIRONMENT.log_format)
