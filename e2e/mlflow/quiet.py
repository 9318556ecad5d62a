"""The client's own chatter: links to runs, warnings about signatures. What counts here is what a step asserts."""

from __future__ import annotations

import logging
import os
import warnings


def be_quiet() -> None:
    warnings.filterwarnings("ignore")
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    import mlflow  # noqa: F401  (it sets its loggers up when it is loaded)

    for name in ("mlflow", "alembic", "urllib3", "skl2onnx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
