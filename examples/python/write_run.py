"""Writes a run that SINGscope lists, reports, exports and opens like its own: pip install pyarrow, then python write_run.py

The folder's files and columns are documented in docs/format.md. Trains y = 2x - 1 by plain gradient descent."""
import json, os, random, struct, sys, time
import pyarrow as pa
ID, store = "20261130-120000-py01", sys.argv[1] if len(sys.argv) > 1 else ".singscope"
run = os.path.join(store, "runs", ID)
os.makedirs(run)

def write_json(name, value):
    with open(os.path.join(run, name), "w") as file:
        json.dump(value, file)
OFF = {"mode": "off", "centralize": True, "normalize": "norm", "softplus": True, "lookahead": True, "weightDecay": 0, "skipNonFinite": False, "exclude": []}
write_json("run.json", {"format": 1, "id": ID, "parent": None, "session": None, "trial": None, "arm": None, "seed": None, "script": os.path.abspath(__file__),
                        "args": [], "cwd": os.getcwd(), "created": time.time() * 1000, "sing": OFF, "lrScale": 1, "maxSteps": None})

i32, u32, f32, f64 = pa.int32(), pa.uint32(), pa.float32(), pa.float64()
steps = pa.schema([("step", i32), ("time", f64), ("loss", f64), ("stepMs", f32), ("learningRate", f64), ("norm", f64), ("tensors", i32), ("bytes", f64), ("rss", f64), ("optimizer", i32), ("thread", i32)])
rows = pa.schema([("step", i32), ("parameter", i32), ("mean", f64), ("std", f64), ("min", f32), ("max", f32), ("norm", f64), ("normAfter", f64), ("zeros", u32), ("nan", u32), ("negInf", u32), ("posInf", u32)])
histograms = pa.schema([("step", i32), ("parameter", i32), ("bins", pa.list_(pa.uint16())), ("counts", pa.list_(u32))])
streams = {name: pa.ipc.new_stream(os.path.join(run, f"{name}.arrow"), schema) for name, schema in {"steps": steps, "parameters": rows, "histograms": histograms}.items()}
events = [{"type": "parameter", "parameter": {"index": i, "name": f"line/{name}", "layer": "line", "layerClass": None, "shape": [1], "kind": "vector", "site": None}} for i, name in enumerate(["slope", "bias"])]
weights, rate = [0.0, 0.0], 0.1
for step in range(1, 201):
    x = random.uniform(-1, 1)
    error = weights[0] * x + weights[1] - (2 * x - 1)
    gradients = [2 * error * x, 2 * error]
    weights = [weight - rate * gradient for weight, gradient in zip(weights, gradients)]
    norm = sum(gradient ** 2 for gradient in gradients) ** 0.5
    streams["steps"].write(pa.record_batch([[value] for value in [step, time.time() * 1000, error ** 2, 1, rate, norm, 2, 8, 0, 0, 0]], schema=steps))
    for index, gradient in enumerate(gradients):
        row = [step, index, gradient, 0, gradient, gradient, abs(gradient), abs(gradient), int(gradient == 0), 0, 0, 0]
        streams["parameters"].write(pa.record_batch([[value] for value in row], schema=rows))
        streams["histograms"].write(pa.record_batch([[step], [index], [[struct.unpack(">I", struct.pack(">f", gradient))[0] >> 22]], [[1]]], schema=histograms))
for stream in streams.values():
    stream.close()
with open(os.path.join(run, "events.jsonl"), "w") as file:
    file.writelines(json.dumps(event) + "\n" for event in events)
write_json("exit.json", {"exitCode": 0, "signal": None, "time": time.time() * 1000, "interrupted": False})
