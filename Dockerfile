# One image for every process. The default command is the web process; the others:
#   live        see docker-compose.yml: gunicorn omnichat.asgi:live, for /ws/
#   worker      docker run … omnichat python manage.py run_worker
#   migrations  docker run … omnichat python manage.py migrate --noinput
# Configuration comes from the environment (.env.example); docker-compose.yml shows it whole.
# The filesystem may be read-only: only /tmp is written.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# These commands need no database and no secrets: the keys open nothing and stay in this stage.
# FILE_UPLOAD_PERMISSIONS keeps uploads private and applies to collected files too: open those.
RUN export STATIC_ROOT=/app/static_root DATABASE_URL=sqlite://:memory: \
        SECRET_KEY=build JWT_KEY=build FIELD_ENCRYPTION_KEY=build \
    && /venv/bin/python manage.py translations build \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
        --ignore redoc --ignore rest_framework \
    && rm -rf var && chmod -R a+rX . \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin omnichat
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static_root \
    PORT=8000 \
    WEB_WORKERS=2 \
    WEB_THREADS=8
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER omnichat
EXPOSE 8000
STOPSIGNAL SIGTERM

# Asks by an allowed name: any other is refused, as it should be.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as http; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.'); \
url = 'http://127.0.0.1:' + os.environ['PORT'] + '/healthz/live'; \
http.urlopen(http.Request(url, headers={'Host': host}), timeout=4)"]

# While nobody has an account, the address of the set-up is printed first. The same flags as
# `make web`. FORWARDED_ALLOW_IPS names the reverse proxy.
CMD ["sh", "-c", "python manage.py setup_token --if-needed; exec gunicorn omnichat.wsgi --bind 0.0.0.0:$PORT \
    --worker-class gthread --workers $WEB_WORKERS --threads $WEB_THREADS \
    --timeout 30 --graceful-timeout 30 --max-requests 5000 --max-requests-jitter 500 \
    --limit-request-line 8190 --limit-request-fields 64 --limit-request-field_size 8190 \
    --worker-tmp-dir /dev/shm --no-control-socket"]
