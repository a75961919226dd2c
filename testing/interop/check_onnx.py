"""ONNX's own checker and its inference of shapes, of the files that are named in a list as JSON on the
standard input. The answer is the shape of each one's output."""

import json
import sys

import onnx

shapes = []
for path in json.load(sys.stdin):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    shape = inferred.graph.output[0].type.tensor_type.shape
    shapes.append([dim.dim_value or dim.dim_param for dim in shape.dim])
json.dump(shapes, sys.stdout)
