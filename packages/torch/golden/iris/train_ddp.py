"""Goes on with a training of Gradus by PyTorch, in one process or many, on one machine or many.

In two processes of one machine:

    torchrun --nproc_per_node 2 train_ddp.py --data FILE

On two machines, on each of them, where RANK is 0 on the first and 1 on the other, and FIRST is the
address of the first:

    torchrun --nnodes 2 --node_rank RANK --master_addr FIRST train_ddp.py --data FILE

It begins at the step at which training.safetensors was written. Each batch has the rows that it
would have had in Gradus, changed in the same way; each process computes its share of them. After
each epoch the first process writes training.safetensors anew, from which this program and Gradus go
on, and model.safetensors, the weights alone. Written by @gradus/torch.
"""

import argparse
import csv
import json
import math
import os

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from model import HERE, build_model, decode_safetensors, encode_safetensors

DATA = os.path.join(HERE, "iris.csv")  # the CSV file of the flowers
EPOCHS = 6  # in all, those before this program included
BATCH = 16  # rows of a step, of all processes together
SEED = 8589934597  # of the order of the rows
# Parameters that are not trained.
FROZEN = []
MEAN = [5.89, 3.067999997138977, 3.8569999802112602, 1.2449999879300597]
DEVIATION = [0.8348053556849081, 0.4310173928630304, 1.7684035099297337, 0.76946408865484]
SPECIES = ["setosa", "versicolor", "virginica"]
LABEL_SMOOTHING = 0.1
CLASS_WEIGHTS = [1, 2, 0.5]
GROUPS = [
    {
        "weight_decay": 0.01,
        "names": ["0.weight", "2.weight"],
    },
    {
        "weight_decay": 0,
        "names": ["0.bias", "2.bias"],
    },
]
STATES = ["momentum_buffer"]  # what the optimizer keeps of each parameter
WORD = 0xFFFFFFFF  # 32 bits


def main():
    arguments = parse_arguments()
    rank, processes, device = join_processes()
    contents = broadcast_file(os.path.join(HERE, "training.safetensors"), rank, device)
    tensors, metadata = decode_safetensors(contents)
    step, updates = int(metadata["steps"]), json.loads(metadata["updates"])
    x_all, y_all = read_data(arguments.data)
    rows = tensors["rows"].long()
    x_all, y_all = x_all[rows].to(device), y_all[rows].to(device)

    model = build_model()
    model.load_state_dict(part(tensors, "model."))
    model.to(device)
    parameters = dict(model.named_parameters())
    for name in FROZEN:
        parameters[name].requires_grad_(False)
    optimizer = make_optimizer(parameters)
    restore_optimizer(optimizer, parameters, tensors, updates)
    class_weights = torch.tensor(CLASS_WEIGHTS, device=device)
    network = DistributedDataParallel(model)
    network.train()

    steps_per_epoch = math.ceil(len(rows) / BATCH)
    if rank == 0 and step >= arguments.epochs * steps_per_epoch:
        print(f"All {arguments.epochs} epochs are done; --epochs asks for more in all.")
    for epoch in range(step // steps_per_epoch, arguments.epochs):
        order = permutation(len(rows), hash32(SEED & WORD, SEED >> 32, epoch)).to(device)
        # Of the loss, of the rows whose class was found, and of all rows.
        sums = torch.zeros(3, dtype=torch.float64, device=device)
        for first in range(step % steps_per_epoch * BATCH, len(rows), BATCH):
            batch = order[first : first + BATCH]
            # A batch that leaves a process with fewer than two rows is computed by each of them.
            shares = processes if len(batch) >= 2 * processes else 1
            share = batch[rank % shares :: shares]
            x, y = prepare(x_all[share], share, epoch), y_all[share]
            logits = network(x)
            loss = F.cross_entropy(
                logits, y, class_weights, reduction="sum", label_smoothing=LABEL_SMOOTHING
            )
            mean = loss / class_weights[y_all[batch]].sum()
            optimizer.zero_grad()
            # The gradients of all processes are averaged, and shall be those of the whole batch.
            (mean * shares).backward()
            take_step(optimizer, step)
            step += 1
            if shares == processes or rank == 0:
                sums[0] += mean.detach() * len(batch)
                sums[1] += (logits.argmax(1) == y).sum()
                sums[2] += len(share)
        dist.all_reduce(sums)
        loss, correct, count = sums.tolist()
        if not math.isfinite(loss):
            raise SystemExit(f"Cannot go on as the loss must be finite: found {loss}")
        if rank > 0:
            continue
        print(
            f"epoch {epoch + 1} of {arguments.epochs}: "
            f"loss {loss / count:.6f}, accuracy {correct / count:.4f}",
            flush=True,
        )
        changes = step - int(metadata["steps"])
        now = {
            "rows": tensors["rows"],
            **{f"model.{name}": value for name, value in model.state_dict().items()},
            **optimizer_tensors(optimizer, parameters),
        }
        counts = {
            name: updates[name] + (changes if parameter.requires_grad else 0)
            for name, parameter in parameters.items()
        }
        state = {"steps": str(step), "updates": json.dumps(counts)}
        write_file("training.safetensors", encode_safetensors(now, {**metadata, **state}))
        write_file("model.safetensors", encode_safetensors(model.state_dict(), {"format": "pt"}))
    dist.destroy_process_group()


def read_data(file):
    """All flowers of a CSV file, [rows, 4] in centimetres, and their labels, [rows]."""
    columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    with open(file, newline="", encoding="utf-8-sig") as lines:
        flowers = list(csv.DictReader(lines))
    x = torch.tensor([[float(flower[name]) for name in columns] for flower in flowers])
    return x, torch.tensor([SPECIES.index(flower["species"]) for flower in flowers])


def prepare(x, rows, epoch):
    """Standardised flowers."""
    x = x.double()
    return ((x - x.new_tensor(MEAN)) / x.new_tensor(DEVIATION)).float()


def make_optimizer(parameters):
    """The optimizer of all groups, which has taken no step."""
    groups = [
        {
            "params": [parameters[name] for name in group["names"]],
            "weight_decay": group["weight_decay"],
        }
        for group in GROUPS
    ]
    return torch.optim.SGD(groups, lr=0.0, momentum=0.9)


@torch.no_grad()
def take_step(optimizer, step):
    """Moves the parameters once."""
    for group, rate in zip(optimizer.param_groups, rates(step)):
        group["lr"] = rate
    optimizer.step()


def rates(step):
    """The learning rate of each group at a step, the first of which is 0."""
    return [
        exponential(step, rate=0.05, decay=0.9, stage_steps=7),
        exponential(step, rate=0.05, decay=0.9, stage_steps=7),
    ]


def exponential(step, rate, decay, stage_steps):
    """Down by a factor over each stage, a little at every step."""
    return rate * decay ** (step / stage_steps)


def part(tensors, prefix):
    """The tensors whose names begin with a prefix, by what follows it."""
    return {
        name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)
    }


def restore_optimizer(optimizer, parameters, tensors, updates):
    """Sets what the optimizer keeps of each parameter that was ever changed."""
    for name, parameter in parameters.items():
        if updates[name] > 0 and parameter.requires_grad:
            optimizer.state[parameter] = {
                "step": torch.tensor(float(updates[name])),
                **{key: tensors[f"{key}.{name}"].to(parameter.device) for key in STATES},
            }


def optimizer_tensors(optimizer, parameters):
    """What the optimizer keeps of each parameter, by the names of a file."""
    return {
        f"{key}.{name}": optimizer.state[parameter][key]
        for name, parameter in parameters.items()
        for key in STATES
        if parameter in optimizer.state
    }


def hash32(key, step, element):
    """32 bits that depend on three numbers: the hash of @gradus/random."""
    return scramble(key ^ scramble(step ^ scramble(element)))


def scramble(x):
    x = (x + 0x9E3779B9) & WORD
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & WORD
    x = ((x ^ (x >> 15)) * 0xD35A2D97) & WORD
    return x ^ (x >> 15)


def permutation(length, seed):
    """The numbers below a length in the order of @gradus/random: sfc32, Fisher and Yates."""
    a, b, c, counter = 0, seed, 0, 1
    order = [0] * length
    # Fifteen numbers are thrown away, for the seed to reach all of the state.
    i = -15
    while i < length:
        bits = (a + b + counter) & WORD
        counter = (counter + 1) & WORD
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & WORD
        c = (((c << 21) | (c >> 11)) + bits) & WORD
        if i < 0:
            i += 1
        elif bits < (1 << 32) - (1 << 32) % (i + 1):
            j = bits % (i + 1)
            order[i], order[j] = order[j], i
            i += 1
    return torch.tensor(order)


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=DATA, help="where the data are")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="epochs in all")
    return parser.parse_args()


def join_processes():
    """The number of this process, how many there are, and the device of this one."""
    alone = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
    for name, value in alone.items():
        os.environ.setdefault(name, value)
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    dist.init_process_group("gloo" if device.type == "cpu" else "nccl")
    rank = dist.get_rank()
    # What is random in PyTorch, such as dropout, differs from one process to another.
    torch.manual_seed((SEED + rank) & WORD)
    return rank, dist.get_world_size(), device


def broadcast_file(path, rank, device):
    """The bytes of the first process's file: other machines may have an older one, or none."""
    contents = torch.empty(0, dtype=torch.uint8)
    if rank == 0:
        with open(path, "rb") as file:
            contents = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
    size = torch.tensor([len(contents)], device=device)
    dist.broadcast(size, 0)
    contents = contents.to(device) if rank == 0 else contents.new_empty(int(size), device=device)
    dist.broadcast(contents, 0)
    data = bytearray(int(size))
    torch.frombuffer(data, dtype=torch.uint8).copy_(contents)
    return bytes(data)


def write_file(name, contents):
    """Writes a file whole or not at all."""
    path = os.path.join(HERE, name)
    with open(path + ".new", "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
