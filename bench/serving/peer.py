"""The usual Python service, as a peer of `npm run bench:serving`: FastAPI on one uvicorn worker, with the same model by
Keras or by ONNX Runtime. `peer.py keras|ort <model.onnx> <port>`; it ends with its standard input."""

import base64
import io
import os
import sys
import threading

import numpy as np
import uvicorn
from fastapi import FastAPI
from PIL import Image
from pydantic import BaseModel


class Digit(BaseModel):
    image: str | None = None
    pixels: list[float] | None = None


def by_keras():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    # The architecture "baseline"; the weights make no difference to the time.
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )

    def run(batch):
        return np.asarray(model(batch, training=False))

    return run


def by_ort(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(["probabilities"], {"image": batch})[0]


def main():
    kind, path, port = sys.argv[1:4]
    run = by_keras() if kind == "keras" else by_ort(path)
    run(np.zeros((1, 28, 28, 1), np.float32))
    app = FastAPI()

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.post("/predict")
    def predict(digit: Digit):
        if digit.image is not None:
            picture = Image.open(io.BytesIO(base64.b64decode(digit.image))).convert("L")
            pixels = np.asarray(picture, dtype=np.float32)
        else:
            pixels = np.asarray(digit.pixels, dtype=np.float32)
        probabilities = run(pixels.reshape(1, 28, 28, 1) / 255)[0]
        return {"prediction": int(probabilities.argmax()), "probabilities": probabilities.tolist()}

    def end_with_parent():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    uvicorn.run(app, host="127.0.0.1", port=int(port), workers=1, log_level="warning", access_log=False)


main()
