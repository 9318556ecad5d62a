"""A few figures through the genuine client: `client.py <experiment> <run with a history of loss>`; JSON on the last line."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient


def median_ms(count: int, work: Callable[[int], object]) -> float:
    times = []
    for index in range(count):
        started = time.perf_counter()
        work(index)
        times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times)


def main() -> None:
    searched, history = sys.argv[1:3]
    client = MlflowClient()
    run = client.create_run(searched).info.run_id
    batches = [[Metric("batch", at, at, at) for at in range(start, start + 1_000)] for start in range(0, 10_000, 1_000)]
    client.log_metric(run, "warm", 1)
    print(json.dumps({
        "Python: log_metric, ms p50": median_ms(50, lambda at: client.log_metric(run, "m", at, step=at)),
        "Python: log_batch of 1,000, ms p50": median_ms(10, lambda at: client.log_batch(run, batches[at])),
        "Python: search 100, ms": median_ms(5, lambda _: client.search_runs(
            [searched], max_results=100, order_by=["metrics.metric_3 DESC"])),
        "Python: history, ms": median_ms(3, lambda _: client.get_metric_history(history, "loss")),
    }))
    client.delete_run(run)


main()
