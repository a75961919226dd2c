/** What some trainings have and others have not. */
export interface TrainFeatures {
  /** A moving average of the weights. */
  readonly average: boolean;
  /** Batch norm. */
  readonly norm: boolean;
  /** A weight for each class. */
  readonly weighted: boolean;
}

/** `main` of `train_ddp.py`; lines that end in `#? feature` are those of trainings that have it. */
export const TRAIN_MAIN = `def main():
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
    if device.type == "cuda":  #? norm
        # Statistics of the whole batch; without a GPU, each process has those of its share.  #? norm
        model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)  #? norm
    parameters = dict(model.named_parameters())
    for name in FROZEN:
        parameters[name].requires_grad_(False)
    optimizer = make_optimizer(parameters)
    restore_optimizer(optimizer, parameters, tensors, updates)
    average = {name: value.to(device) for name, value in part(tensors, "average.").items()}  #? average
    average_steps = int(metadata["average_steps"])  #? average
    class_weights = torch.tensor(CLASS_WEIGHTS, device=device)  #? weighted
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
            loss = F.cross_entropy(logits, y, reduction="sum", label_smoothing=LABEL_SMOOTHING)  #? not weighted
            loss = F.cross_entropy(  #? weighted
                logits, y, class_weights, reduction="sum", label_smoothing=LABEL_SMOOTHING  #? weighted
            )  #? weighted
            mean = loss / len(batch)  #? not weighted
            mean = loss / class_weights[y_all[batch]].sum()  #? weighted
            optimizer.zero_grad()
            # The gradients of all processes are averaged, and shall be those of the whole batch.
            (mean * shares).backward()
            take_step(optimizer, step)
            step += 1
            average_steps += 1  #? average
            update_average(average, model.state_dict(), average_steps)  #? average
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
            **{f"average.{name}": value for name, value in average.items()},  #? average
            **optimizer_tensors(optimizer, parameters),
        }
        counts = {
            name: updates[name] + (changes if parameter.requires_grad else 0)
            for name, parameter in parameters.items()
        }
        state = {"steps": str(step), "updates": json.dumps(counts)}
        state["average_steps"] = str(average_steps)  #? average
        write_file("training.safetensors", encode_safetensors(now, {**metadata, **state}))
        write_file("model.safetensors", encode_safetensors(model.state_dict(), {"format": "pt"}))
    dist.destroy_process_group()
`;
