"""What iris/train_ddp.py makes of iris/training.safetensors, for import_torch_training_test.ts.

Writes trained.safetensors and trained.txt beside it:
    /usr/bin/python3 packages/torch/golden/trained.py
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent

with tempfile.TemporaryDirectory() as folder:
    iris = pathlib.Path(folder) / "iris"
    shutil.copytree(HERE / "iris", iris)
    command = [sys.executable, "train_ddp.py", "--epochs", "4"]
    output = subprocess.run(command, cwd=iris, check=True, stdout=subprocess.PIPE).stdout
    (HERE / "trained.txt").write_bytes(output)
    shutil.copy(iris / "training.safetensors", HERE / "trained.safetensors")
