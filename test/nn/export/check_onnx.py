"""What Debian's onnx says of a model: whether it is valid, and the types that it infers for the outputs itself.

Prints a JSON object: `outputs`, name -> [element type, sizes (null where onnx cannot tell)], `doc` and `metadata`.
"""

import json
import sys

import onnx

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
# What we say of the outputs is taken out, so that what comes back is onnx's own.
outputs = [(value.name, onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type)) for value in model.graph.output]
for value in model.graph.output:
    value.type.tensor_type.ClearField("shape")
inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)


def size(dim):
    return getattr(dim, dim.WhichOneof("value")) if dim.WhichOneof("value") else None


def shape(value):
    return [size(dim) for dim in value.type.tensor_type.shape.dim]


kinds = dict(outputs)
answer = {
    "outputs": {value.name: [kinds[value.name], shape(value)] for value in inferred.graph.output},
    "doc": model.doc_string,
    "metadata": {entry.key: entry.value for entry in model.metadata_props},
}
print(json.dumps(answer))
