# The pages
FROM node:20-slim AS pages
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build

# The application: one image for web, worker, beat and the step before them
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY LICENSE alembic.ini ./
COPY pipeline/ pipeline/
COPY training/ training/
COPY backend/ backend/
COPY migrations/ migrations/
COPY --from=pages /src/frontend/dist frontend/dist
RUN useradd --create-home --uid 10001 cytoloop && install --directory --owner cytoloop /data
USER cytoloop
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:backend.gunicorn_conf", "--bind", "0.0.0.0:8000", "backend.wsgi:app"]
