"""Goes on with a training of Gradus by PyTorch, in one process or many, on one machine or many.

In two processes of one machine:

    torchrun --nproc_per_node 2 train_ddp.py --data FOLDER

On two machines, on each of them, where RANK is 0 on the first and 1 on the other, and FIRST is the
address of the first:

    torchrun --nnodes 2 --node_rank RANK --master_addr FIRST train_ddp.py --data FOLDER

It begins at the step at which training.safetensors was written. Each batch has the rows that it
would have had in Gradus, changed in the same way; each process computes its share of them. After
each epoch the first process writes training.safetensors anew, from which this program and Gradus go
on, and model.safetensors, the weights alone. Written by @gradus/torch.
"""

import argparse
import json
import math
import os

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from model import HERE, build_model, decode_safetensors, encode_safetensors

DATA = "data"  # the folder of data_batch_1.bin and its like
EPOCHS = 3  # in all, those before this program included
BATCH = 32  # rows of a step, of all processes together
SEED = 7  # of the order of the rows and of what changes them
# Parameters that are not trained.
FROZEN = ["0.weight"]
MEAN = [0.5103596473311547, 0.49104213473583874, 0.5023257080610022]
DEVIATION = [0.2483539343315239, 0.24365694443831407, 0.23171211516125617]
LABEL_SMOOTHING = 0.1
GROUPS = [
    {
        "weight_decay": 0.001,
        "names": ["1.weight", "5.weight", "10.weight"],
    },
    {
        "weight_decay": 0,
        "names": ["3.weight", "3.bias", "7.weight", "7.bias"],
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
    if device.type == "cuda":
        # Statistics of the whole batch; without a GPU, each process has those of its share.
        model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)
    parameters = dict(model.named_parameters())
    for name in FROZEN:
        parameters[name].requires_grad_(False)
    optimizer = make_optimizer(parameters)
    restore_optimizer(optimizer, parameters, tensors, updates)
    average = {name: value.to(device) for name, value in part(tensors, "average.").items()}
    average_steps = int(metadata["average_steps"])
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
            loss = F.cross_entropy(logits, y, reduction="sum", label_smoothing=LABEL_SMOOTHING)
            mean = loss / len(batch)
            optimizer.zero_grad()
            # The gradients of all processes are averaged, and shall be those of the whole batch.
            (mean * shares).backward()
            take_step(optimizer, step)
            step += 1
            average_steps += 1
            update_average(average, model.state_dict(), average_steps)
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
            **{f"average.{name}": value for name, value in average.items()},
            **optimizer_tensors(optimizer, parameters),
        }
        counts = {
            name: updates[name] + (changes if parameter.requires_grad else 0)
            for name, parameter in parameters.items()
        }
        state = {"steps": str(step), "updates": json.dumps(counts)}
        state["average_steps"] = str(average_steps)
        write_file("training.safetensors", encode_safetensors(now, {**metadata, **state}))
        write_file("model.safetensors", encode_safetensors(model.state_dict(), {"format": "pt"}))
    dist.destroy_process_group()


def read_data(folder):
    """All images to train on, [rows, 3, 32, 32] bytes, and their labels, [rows]."""
    inner = os.path.join(folder, "cifar-10-batches-bin")
    folder = inner if os.path.isdir(inner) else folder
    contents = bytearray()
    for number in range(1, 6):
        with open(os.path.join(folder, f"data_batch_{number}.bin"), "rb") as file:
            contents += file.read()
    records = torch.frombuffer(contents, dtype=torch.uint8).view(-1, 1 + 3 * 32 * 32)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].long()


def prepare(images, rows, epoch):
    """Standardised images, changed as their rows and the epoch have it."""
    x = images.double() / 255
    mean, deviation = [x.new_tensor(values).view(-1, 1, 1) for values in (MEAN, DEVIATION)]
    x = ((x - mean) / deviation).float()
    x = alternating_flip(x, draw_for_all_epochs(0, rows, 0, 2), epoch)
    x = translate_reflect(x, draw(1, epoch, rows, 0, 5) - 2, draw(1, epoch, rows, 1, 5) - 2)
    x = cutout(x, draw(2, epoch, rows, 0, x.shape[2]), draw(2, epoch, rows, 1, x.shape[3]), 9)
    return x


def alternating_flip(x, phase, epoch):
    """Each image and its mirror image by turns, from one epoch to the next."""
    return torch.where(((phase + epoch) % 2 == 1).view(-1, 1, 1, 1), x.flip(3), x)


def draw_for_all_epochs(place, rows, count, below):
    """The same in each epoch."""
    key = hash32(hash32(SEED & WORD, SEED >> 32, place), 1, 0)
    return hash32(hash32(key, 0, rows), count, 0) * below >> 32


def translate_reflect(x, down, right):
    """Moved images; what comes in is mirrored at the outermost pixels."""
    height, width = x.shape[2:]
    i = torch.arange(height, device=x.device) + down.view(-1, 1)
    j = torch.arange(width, device=x.device) + right.view(-1, 1)
    i = height - 1 - (height - 1 - i.abs()).abs()
    j = width - 1 - (width - 1 - j.abs()).abs()
    rows = x.gather(2, i.view(-1, 1, height, 1).expand(x.shape))
    return rows.gather(3, j.view(-1, 1, 1, width).expand(x.shape))


def draw(place, epoch, rows, count, below):
    """A whole number below a bound for each row: the one that Gradus draws."""
    key = hash32(hash32(SEED & WORD, SEED >> 32, place), 0, 0)
    return hash32(hash32(key, epoch, rows), count, 0) * below >> 32


def cutout(x, row, column, size):
    """Images with a square of zeros around a pixel, as far as it lies inside."""
    i = torch.arange(x.shape[2], device=x.device) - row.view(-1, 1) + size // 2
    j = torch.arange(x.shape[3], device=x.device) - column.view(-1, 1) + size // 2
    is_cut = ((i >= 0) & (i < size)).unsqueeze(2) & ((j >= 0) & (j < size)).unsqueeze(1)
    return x.masked_fill(is_cut.unsqueeze(1), 0)


def make_optimizer(parameters):
    """The optimizer of all groups, which has taken no step."""
    groups = [
        {
            "params": [parameters[name] for name in group["names"]],
            "weight_decay": group["weight_decay"],
        }
        for group in GROUPS
    ]
    return torch.optim.SGD(groups, lr=0.0, momentum=0.85, nesterov=True)


@torch.no_grad()
def take_step(optimizer, step):
    """Moves the parameters once."""
    for group, rate in zip(optimizer.param_groups, rates(step)):
        group["lr"] = rate
    optimizer.step()


def rates(step):
    """The learning rate of each group at a step, the first of which is 0."""
    return [
        one_cycle(step, peak=0.03, steps=9, start_factor=0.2, final_factor=0.07, warmup_share=0.23),
        one_cycle(step, peak=0.3, steps=9, start_factor=0.2, final_factor=0.07, warmup_share=0.23),
    ]


def one_cycle(step, peak, steps, start_factor, final_factor, warmup_share):
    """Up to the peak over a share of the steps, and down for the rest."""
    top, last = warmup_share * steps - 1, steps - 1
    if step < top:
        low, share = start_factor * peak, step / top
        return low + (peak - low) * share
    low = final_factor * peak
    if step >= last:
        return low
    share = (step - max(top, 0)) / (last - max(top, 0))
    return peak + (low - peak) * share


@torch.no_grad()
def update_average(average, state, step):
    """Takes the weights into their average at every 2 steps, and sets them to it."""
    if step % 2 != 0:
        return
    decay = 0.77 * min(1, step / 9) ** 3
    for name, value in average.items():
        value += (1 - decay) * (state[name] - value)
        state[name].copy_(value)


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
