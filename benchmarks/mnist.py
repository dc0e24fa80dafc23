"""Train on MNIST from the command line, several seeds, and print accuracy and seconds of the whole process.

    python benchmarks/mnist.py                       # mlp, 512-512 and cnn, seeds 0 1 2
    python benchmarks/mnist.py --nets mlp --seeds 7  # fewer

Every run is ``provenn train mnist`` as a person would call it, start-up, compilation and the check of its
gradient included; the data must be there (``provenn data mnist``). Seconds are by the clock and by processor.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time

NETS = {"mlp": ["--model", "mlp"], "512-512": ["--model", "mlp", "--hidden", "512,512"],
        "cnn": ["--model", "cnn"]}


def run(net: str, seed: int) -> tuple[float, bool, float, float]:
    """Test accuracy in percent, whether the gradient was accepted, seconds by the clock and by processor."""
    command = [sys.executable, "-m", "provenn", "train", "mnist", *NETS[net], "--seed", str(seed), "--json"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(done.stdout)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 100 * said["accuracy"], bool(said["gradient"]["accepted"]), wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nets", nargs="+", choices=NETS, default=list(NETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)
    for net in args.nets:
        for seed in args.seeds:
            accuracy, accepted, wall, cpu = run(net, seed)
            tied = "accepted" if accepted else "NOT accepted"
            print(f"{net:8} seed {seed}  {accuracy:.2f} %  {wall:6.1f} s  {cpu:6.1f} s of processor time  "
                  f"gradient {tied}", flush=True)


if __name__ == "__main__":
    main()
