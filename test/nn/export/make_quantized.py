"""What ONNX Runtime's own quantize_dynamic makes of our exported encoder: goldens/quantized.json.

    python3 test/nn/export/make_quantized.py      (onnxruntime 1.31 and onnx 1.23, from the root of the repository)

`alike` is with our settings (a scale for each column, 7 bits; tables have one scale all the same), `default` with
those that come of themselves (a scale for each matrix, 8 bits).
"""

import base64
import json
import logging
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import QuantType, quantize_dynamic

HERE = Path(__file__).parent
# The weight that the golden holds whole, and the outputs.
WEIGHT = "head.output.weight"
OUTPUTS = ["vector", "attended", "logits"]
SETTINGS = {
    "alike": dict(per_channel=True, reduce_range=True, weight_type=QuantType.QInt8),
    "default": dict(weight_type=QuantType.QInt8),
}


def outputs(path, feeds):
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return {name: value.ravel().tolist() for name, value in zip(OUTPUTS, session.run(OUTPUTS, feeds))}


def main():
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = folder / "write.mjs"
        bundle = ["npx", "rolldown", str(HERE / "write_model.ts"), "--format", "esm", "--platform", "node"]
        subprocess.run([*bundle, "--file", str(writer)], check=True)
        subprocess.run(["node", str(writer), name], check=True)
        model = folder / "encoder.onnx"
        batch = json.loads((folder / "batch.json").read_text())
        feeds = {key: np.array(value["data"], np.int64).reshape(value["shape"]) for key, value in batch.items()}
        golden = {"float": {"bytes": model.stat().st_size, "outputs": outputs(model, feeds)}}
        for key, settings in SETTINGS.items():
            path = folder / f"{key}.onnx"
            quantize_dynamic(model, path, **settings)
            golden[key] = {"bytes": path.stat().st_size, "outputs": outputs(path, feeds)}
        found = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(folder / "alike.onnx").graph.initializer}
        golden["weight"] = {
            "values": base64.b64encode(found[f"{WEIGHT}_quantized"].astype(np.int8).tobytes()).decode(),
            "scales": found[f"{WEIGHT}_scale"].tolist(),
        }
    (HERE / "goldens" / "quantized.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
