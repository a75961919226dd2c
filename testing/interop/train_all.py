"""Runs the programs that Gradus wrote for torchrun, one after another, alone in this process.

The standard input is a list of {"folder", "args"} as JSON. The standard output is a list of what each
program printed.
"""

import contextlib
import importlib.util
import io
import json
import sys

import torch

torch.set_num_threads(1)
answers = []
for run in json.load(sys.stdin):
    sys.path.insert(0, run["folder"])
    sys.modules.pop("model", None)
    spec = importlib.util.spec_from_file_location("train_ddp", f"{run['folder']}/train_ddp.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    sys.argv = ["train_ddp.py", *run["args"]]
    with contextlib.redirect_stdout(io.StringIO()) as output:
        program.main()
    answers.append(output.getvalue())
    sys.path.pop(0)
json.dump(answers, sys.stdout)
