# Two images: `docker build .` serves, `docker build --target train .` can train as well.
#
#   docker run --env-file .env --volume digitbot:/app/data \
#     --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges digitbot
#
# Both run as an ordinary user and write nowhere but to /app/data and /tmp.

FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/venv/bin:$PATH

# Dependencies first: they change less often than the code, and this layer is the large one.
FROM base AS build
RUN python -m venv /venv
WORKDIR /src
COPY requirements.txt .
RUN pip install --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY model model
RUN pip install --no-deps .

FROM build AS build-train
COPY requirements-train.txt .
RUN pip install --require-hashes --requirement requirements-train.txt

FROM base AS runtime
RUN useradd --uid 1000 --home-dir /app --create-home digitbot \
    && install --directory --owner digitbot --group digitbot /app/data
WORKDIR /app
VOLUME /app/data
USER 1000:1000
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["digitbot", "health"]
ENTRYPOINT ["digitbot"]
CMD ["run"]

FROM runtime AS train
COPY --from=build-train /venv /venv

# The last one is what `docker build` makes when no target is named.
FROM runtime AS serve
COPY --from=build /venv /venv
