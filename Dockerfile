FROM node:20-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund


FROM python:3.11-slim-bookworm AS python-packages
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt


FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gdal-bin libmagic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/yiwang yiwang

WORKDIR /srv/yiwang
COPY --from=python-packages /venv /venv
COPY --from=front-end /build/node_modules node_modules
COPY . .

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YIWANG_MODE=production \
    YIWANG_VAR=/srv/yiwang/var

# Throw-away secrets let the settings load while static files are gathered; none stays in the image.
# Only var/media is written later, so only that folder belongs to the account that runs.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    FIELD_KEYS="$(python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')" \
    ALLOWED_HOSTS=build.invalid \
    python manage.py collectstatic --noinput \
    && install --directory --owner yiwang --group yiwang --mode 0750 var/media

USER yiwang
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/probe.py"]
CMD ["sh", "-c", "exec python -m governance.web --host 0.0.0.0 --port 8000 --workers ${WEB_WORKERS:-2}"]
