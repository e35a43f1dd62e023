# JupyterLab on the course, and everything for grading: docker build -t cs231n . && docker run --rm -p 8888:8888 cs231n
FROM python:3.12-slim-bookworm

# Debian's stable release pins these; a version named here would vanish with its next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 student

WORKDIR /course
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY --chown=student:student . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && chown student:student /course

USER 1000
ENV OPENBLAS_NUM_THREADS=1
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--notebook-dir=assignments"]
