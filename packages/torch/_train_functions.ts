/** Functions of `train_ddp.py` that every training has. */
export const TRAIN_FUNCTIONS = `def part(tensors, prefix):
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
`;
