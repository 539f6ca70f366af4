# One image for every program. Pin the base by digest with --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /build
RUN python -m venv --without-pip /opt/certify \
    && python -m venv --without-pip /opt/builder \
    && python -m pip install --quiet --no-cache-dir --disable-pip-version-check uv
COPY requirements.lock pyproject.toml ./
# The lock also holds the tools of developers: as constraints it gives versions and hashes to what the product needs.
RUN uv pip install --quiet --no-cache --python /opt/certify/bin/python --require-hashes \
        --constraints requirements.lock --requirements pyproject.toml \
    && uv pip sync --quiet --no-cache --python /opt/builder/bin/python --require-hashes requirements.lock
COPY README.md LICENSE NOTICE ./
COPY certify certify
COPY labels labels
COPY schemas schemas
COPY workflows workflows
RUN /opt/builder/bin/python -m hatchling build --target wheel --directory /build/dist \
    && uv pip install --quiet --no-cache --python /opt/certify/bin/python --no-deps /build/dist/*.whl

FROM ${PYTHON_IMAGE}
# Two users: what the signer holds is not even readable by the other programs.
# New named volumes take their owners from these folders.
RUN groupadd --gid 10001 certify \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin certify \
    && groupadd --gid 10002 signer \
    && useradd --uid 10002 --gid 10002 --no-create-home --shell /usr/sbin/nologin signer \
    && install --directory --owner certify --group certify --mode 0700 /data/evidence /data/vault /data/security-events \
    && install --directory --owner signer --group signer --mode 0700 /data/label-key /data/sign-log \
    && install --directory --owner signer --group signer --mode 0700 /data/root-key /data/witness \
    && install --directory --owner signer --group signer --mode 0755 /data/key-set /data/published \
    && python -m pip uninstall --quiet --yes pip setuptools wheel
COPY --from=build /opt/certify /opt/certify
ENV PATH=/opt/certify/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CERTIFY_DATA=/data
WORKDIR /data
USER 10001:10001
ENTRYPOINT ["certify"]
