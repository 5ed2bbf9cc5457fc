# docker build -t mailbot .
# docker run -v ./config:/etc/mailbot:ro -v mailbot:/var/lib/mailbot --env-file mailbot.env mailbot
# Passwords are named at run time, best as files: MAILBOT_MAILBOX__PASSWORD_FILE=/run/secrets/mailbox

FROM python:3.13-slim AS build
ARG EXTRAS=postgres,scan
WORKDIR /src
RUN python -m venv /opt/mailbot
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY mailbot mailbot
COPY parsers parsers
RUN /opt/mailbot/bin/pip install --no-cache-dir -c constraints.txt ".[$EXTRAS]"

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/mailbot --create-home mailbot
COPY --from=build /opt/mailbot /opt/mailbot
# What the image brings to try it; a team mounts its own over it.
COPY config /etc/mailbot

ENV PATH=/opt/mailbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MAILBOT_CONFIG=/etc/mailbot \
    MAILBOT_DATABASE__URL=sqlite:////var/lib/mailbot/mailbot.db \
    MAILBOT_HEALTH__PORT=8025

USER mailbot
WORKDIR /var/lib/mailbot
VOLUME /var/lib/mailbot
# Unhealthy while there is an alarm; ends by itself, with status 1, where only a new start helps (--restart=on-failure).
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8025/healthz', timeout=10)"]
ENTRYPOINT ["mailbot"]
CMD ["run"]
