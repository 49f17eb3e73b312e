# A classifier over HTTP, in an image that runs as an ordinary user with a read-only root; see docs/serving.md.
#   docker build -t textransfer .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:8000:8000 -v ./classifier:/classifier:ro textransfer
FROM python:3.12-slim AS installed
# small: what predicts and serves, without torch; whole: all of textransfer, Japanese and subwords too.
ARG INSTALL=small
# Beside the small installation, as "tokenizers" for subwords, or "sudachipy sudachidict_core" for Japanese.
ARG EXTRA=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
RUN python3 -m venv /opt/textransfer
COPY constraints.txt ./
COPY requirements ./requirements
RUN if [ "$INSTALL" = small ]; then \
      /opt/textransfer/bin/pip install -c constraints.txt -r requirements/serve.txt $EXTRA; \
    fi
COPY pyproject.toml README.md LICENSE ./
COPY corpora ./corpora
COPY textransfer ./textransfer
RUN if [ "$INSTALL" = small ]; then \
      /opt/textransfer/bin/pip install --no-deps . ; \
    else \
      /opt/textransfer/bin/pip install -c constraints.txt ".[serve,ja,subword]"; \
    fi

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin server
COPY --from=installed /opt/textransfer /opt/textransfer
ENV PATH=/opt/textransfer/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["textransfer", "serve", "/classifier", "--host", "0.0.0.0", "--port", "8000"]
