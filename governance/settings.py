"""Settings, all of them read from the environment; `governance.checks` names the wrong ones."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.templatetags.static import static

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("YIWANG_VAR", BASE_DIR / "var"))

env = environ.Env()
# Written by script/server, so that a command typed by hand meets the same database.
env.read_env(VAR_DIR / "environment", overwrite=False)

MODE = env("YIWANG_MODE", default="production")
IS_PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
# Fernet keys that encrypt reporters' personal data, the newest first.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
DEMO_PASSWORD = env("DEMO_PASSWORD", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "governance.apps.StaticFilesConfig",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "guardian",
    "axes",
    "channels",
    "governance",
    "accounts",
    "grids",
    "workorders",
    "datahub",
    "dashboards",
]

MIDDLEWARE = [
    "governance.lib.middleware.RequestLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "governance.lib.middleware.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "governance.lib.middleware.DomainErrorMiddleware",
    "governance.lib.middleware.ReferenceMiddleware",
]

ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
ASGI_APPLICATION = "governance.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgis://yiwang@127.0.0.1:5432/yiwang")}
DATABASES["default"]["ENGINE"] = "governance.lib.postgis"
# Threads of the web server live long (see governance/asgi.py), so their connections may too.
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    "-c idle_in_transaction_session_timeout=30s -c jit=off"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Debian 12 has GDAL 3.6; files come from operators at the command line only.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "yiwang",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "workorders:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

# A wrong password locks this user at this address, never the whole office.
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SIGN_IN_COOLOFF_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Trying on while locked out does not begin the wait anew.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # the access log tells who was refused; a lock-out ends by itself
# Addresses of the proxies in front, whose X-Forwarded-For may be believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "governance.lib.requests.client_address"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

IS_BEHIND_TLS = env.bool("BEHIND_TLS", default=IS_PRODUCTION)
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_FAILURE_VIEW = "governance.lib.errors.csrf_failed"
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
SECURE_SSL_REDIRECT = IS_BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_BEHIND_TLS
SECURE_HSTS_PRELOAD = IS_BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# In the shape of the setting that Django has from version 6 on.
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "worker-src": ["'self'"],
    "connect-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
CSP_FREE_PREFIXES = ("/admin/", "/api/docs/")  # pages of libraries with scripts of their own
PERMISSIONS_POLICY = {"camera": "self", "geolocation": "self", "microphone": []}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/maplibre", BASE_DIR / "node_modules/maplibre-gl/dist"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/idiomorph", BASE_DIR / "node_modules/idiomorph/dist"),
    ("vendor/idb", BASE_DIR / "node_modules/idb/build"),
    ("vendor/qr", BASE_DIR / "node_modules/qr"),
    ("vendor/echarts", BASE_DIR / "node_modules/echarts/dist"),
]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Photos are private: they leave only through a view that asks for the reader's right.
MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR_DIR / "media"))
FILE_UPLOAD_PERMISSIONS = 0o640

PHOTO_BYTES_LIMIT = 20 * 1024 * 1024
JSON_BYTES_LIMIT = 2 * 1024 * 1024
UPLOAD_BYTES_LIMIT = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = JSON_BYTES_LIMIT
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.permissions.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.permissions.IsPersonNamed",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "governance.lib.parsers.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "governance.lib.errors.answer_error",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(hours=env.int("TOKEN_HOURS", default=12)),
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Yiwang 一网",
    "DESCRIPTION": "Command centre of a district: intake, work orders, grids, vital signs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "channelToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "渠道令牌，由管理员在后台签发",
            }
        }
    },
    "ENUM_NAME_OVERRIDES": {
        "IndicatorStateEnum": "dashboards.enums.IndicatorState",
        "OrderStateEnum": "workorders.enums.State",
        "DomainEnum": "workorders.enums.Domain",
        "AreaLevelEnum": "grids.enums.AreaLevel",
        "CheckKindEnum": "datahub.enums.CheckKind",
        "SourceKindEnum": "datahub.enums.SourceKind",
        "FindingStateEnum": "datahub.enums.FindingState",
        "WallPageKindEnum": "dashboards.api.serializers.parts.PAGE_KINDS",
        "SupervisionLevelEnum": "workorders.forms.supervision.LEVELS",
    },
}

# The district this installation serves: the code of its root area.
DISTRICT_CODE = env("DISTRICT_CODE", default="320111")
# A person needs at least this long for the public form; a program does not.
PUBLIC_FORM_SECONDS = env.int("PUBLIC_FORM_SECONDS", default=2)
PUBLIC_FORM_HOURS = 24  # how long a page may lie open before it is sent
# From one address, which a whole office or a cell of mobile phones may share.
PUBLIC_REPORTS_PER_HOUR = env.int("PUBLIC_REPORTS_PER_HOUR", default=30)
PUBLIC_GUESSES_PER_HOUR = env.int("PUBLIC_GUESSES_PER_HOUR", default=20)
# How long the ways of people on duty are kept.
POSITION_DAYS = env.int("POSITION_DAYS", default=30)
# Share of "basically satisfied" in the satisfaction rate.
BASICALLY_SATISFIED_WEIGHT = 0.9
# How many files of departments are loaded at the same time; leave workers for the clocks.
LOADS_AT_ONCE = env.int("LOADS_AT_ONCE", default=1)
# Where departments' rows are grouped: postgresql, embedded (DuckDB in this process) or distributed
# (DuckDB in the workers of a Dask scheduler, such as tcp://10.0.0.5:8786).
ANALYTICS_ENGINE = env("ANALYTICS_ENGINE", default="postgresql")
ANALYTICS_SCHEDULER = env("ANALYTICS_SCHEDULER", default="")
# Whether PostgreSQL answers while the engine named above is away.
ANALYTICS_FALLBACK = env.bool("ANALYTICS_FALLBACK", default=False)
ANALYTICS_SECONDS = env.int("ANALYTICS_SECONDS", default=20)
ANALYTICS_MEGABYTES = env.int("ANALYTICS_MEGABYTES", default=512)  # of one query in one thread
# How long the rows that a load could not take are kept, as the file said them.
BAD_ROW_DAYS = env.int("BAD_ROW_DAYS", default=30)
# Of one file that a department loads through the API.
LOAD_BYTES_LIMIT = env.int("LOAD_MEGABYTES", default=2048) * 1024 * 1024
# Inner networks that departments' sources may be fetched from, such as 10.20.0.0/16. Which hosts
# may be asked at all says the admin.
FETCH_NETWORKS = env.list("FETCH_NETWORKS", default=[])
# How long one fetch may take, and how many may be under way; leave workers for the clocks.
FETCH_MINUTES = env.int("FETCH_MINUTES", default=30)
FETCHES_AT_ONCE = env.int("FETCHES_AT_ONCE", default=1)
# Files of open data that one address may fetch, which a whole office may share.
OPEN_DOWNLOADS_PER_HOUR = env.int("OPEN_DOWNLOADS_PER_HOUR", default=120)
# How soon an open page stops hearing of orders that its person may not see any more.
LIVE_RECHECK_SECONDS = env.float("LIVE_RECHECK_SECONDS", default=20)
# How often a page is told that its line lives; it gives up after 40 seconds of silence.
LIVE_PING_SECONDS = env.float("LIVE_PING_SECONDS", default=15)

UNFOLD = {
    "SITE_TITLE": "一网管理",
    "SITE_HEADER": "一网 · 管理后台",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("images/icon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("images/icon.svg"),
        }
    ],
    # The blue of static/css/tokens.css.
    "COLORS": {
        "primary": {
            "50": "#eef4fb",
            "100": "#e3edf8",
            "200": "#c3d9f0",
            "300": "#93bbe3",
            "400": "#5c97d1",
            "500": "#2f75b8",
            "600": "#14508f",
            "700": "#0d3a6b",
            "800": "#0b3058",
            "900": "#0a2747",
            "950": "#07192e",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
}
