# The image of the Docker sandbox, for repositories whose tests need nothing beyond the standard library and pytest.
# Build: docker build -t afterburner-sandbox -f action/sandbox.Dockerfile action
# A repository with dependencies names an image of its own that has them: docker-image in .github/afterburner.yml.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pytest \
    && rm -rf /var/lib/apt/lists/*
USER 1000:1000
