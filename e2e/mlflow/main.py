"""The suite: the genuine client against one server. `npm run test:mlflow` starts it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--only", default="", help="steps whose 'group · step' holds this")
    parser.add_argument("--full", action="store_true", help="big files in their whole size (1 GB)")
    parser.add_argument("--reference", action="store_true", help="a genuine server: leave our extensions out")
    parser.add_argument("--server-pid", type=int, help="of the server, where it runs on this machine: to see its memory")
    parser.add_argument("--report", type=Path, help="a file for the counts, as JSON")
    parser.add_argument("--verbose", action="store_true", help="stacks of what fails")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    # Before mlflow is loaded: it reads them then.
    os.environ["MLFLOW_TRACKING_URI"] = options.url
    os.environ["MLFLOW_REGISTRY_URI"] = options.url
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # A fault shows as one, rather than after minutes of trying again.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MPLBACKEND", "agg")

    from quiet import be_quiet

    be_quiet()
    from groups import ALL
    from runner import run_groups
    from world import World

    started = time.monotonic()
    groups = [group for group in ALL if not (options.reference and group.is_extension)]
    with tempfile.TemporaryDirectory(prefix="assay-mlflow-suite-") as folder:
        os.chdir(folder)
        token = os.environ.get("MLFLOW_TRACKING_TOKEN") or None
        world = World(options.url, token, Path(folder), is_full=options.full, server_pid=options.server_pid)
        tally = run_groups(groups, world, options.only, options.verbose)
    if options.report:
        counts = {"passed": tally.passed, "failed": tally.failed, "skipped": tally.skipped, "names": tally.names}
        options.report.write_text(json.dumps(counts))
    if tally.failures:
        print("\nFailed:")
        for failure in tally.failures:
            print(f"  {failure}")
    print(f"\n{time.monotonic() - started:.0f} s")
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
