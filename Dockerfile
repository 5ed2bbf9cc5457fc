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
    MAILBOT_DATABASE__URL=sqlite:////var/lib/mailbot/mailbot.db

USER mailbot
WORKDIR /var/lib/mailbot
VOLUME /var/lib/mailbot
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s --retries=3 CMD ["mailbot", "status"]
ENTRYPOINT ["mailbot"]
CMD ["run"]
