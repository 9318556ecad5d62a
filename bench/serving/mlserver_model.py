"""Writes what MLServer serves: a scikit-learn model over 784 pixels, and its settings. `mlserver_model.py <folder> <port>`"""

import json
import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

folder, port = Path(sys.argv[1]), int(sys.argv[2])
random = np.random.default_rng(1)
model = LogisticRegression(max_iter=20).fit(random.random((200, 784)), np.arange(200) % 10)
joblib.dump(model, folder / "model.joblib")
(folder / "model-settings.json").write_text(
    json.dumps(
        {
            "name": "digits",
            "implementation": "mlserver_sklearn.SKLearnModel",
            "parameters": {"uri": str(folder / "model.joblib")},
        }
    )
)
(folder / "settings.json").write_text(
    json.dumps(
        {
            "host": "127.0.0.1",
            "http_port": port,
            "grpc_port": port + 1,
            "metrics_port": port + 2,
            # One process that answers, as the others have.
            "parallel_workers": 0,
            "debug": False,
        }
    )
)
