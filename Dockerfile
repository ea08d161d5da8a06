# The headless host in a container:
#
#     docker build -t clipset .
#     docker run -p 8400:8400 -v clipset:/data clipset
#
# The first start prints the address where the admin account is made (`docker logs`), unless
# CLIPSET_INITIAL_ADMIN_EMAIL, _USERNAME and _PASSWORD are set. Everything that has to last is in /data.

FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/build.txt requirements/core.txt requirements/
RUN python -m venv /opt/clipset \
 && /opt/clipset/bin/pip install --no-cache-dir --require-hashes -r requirements/core.txt \
 && python -m venv /opt/tools \
 && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY . .
RUN /opt/tools/bin/python -m hatchling build --target wheel --directory /tmp/wheel \
 && /opt/clipset/bin/pip install --no-cache-dir --no-index --no-deps /tmp/wheel/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 8400 --home-dir /data clipset && install --directory --owner clipset /data
COPY --from=build /opt/clipset /opt/clipset
USER clipset
ENV CLIPSET_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8400
HEALTHCHECK --start-period=20s CMD ["/opt/clipset/bin/python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8400/health', timeout=5)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/clipset/bin/clipset"]
CMD ["serve", "--port", "8400"]
