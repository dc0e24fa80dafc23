"""Speed of the checker's dense rows against a plain C loop, compiled and run together.

    python benchmarks/throughput.py [--rows M] [--columns N] [--repeats R]

Prints the median of several runs of each, interleaved, and the ratio. The kernel timed is ``dots_at`` on a
row almost without zeros, the one behind every backward step through a dense layer, four results at once, as
extracted from Coq and compiled with ocamlopt;
the C loop is ``s += w[k] * x[k]`` with gcc -O2 (one order of summation) and with -O3 -ffast-math.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from provenn.verify.compile import sources

CHECKER = Path(__file__).resolve().parents[1] / "checker"

OCAML = """
let () =
  let m = %d and n = %d and reps = %d in
  let w = Farray.tab ((m + 3) * n) (fun k -> float_of_int ((k * 7919) mod 2003 - 1001) /. 1024.) in
  let x = Farray.tab n (fun k -> float_of_int ((k * 104729) mod 1009) /. 1009.) in
  let e = Checker.extent_of n in
  let t0 = Sys.time () in
  for _ = 1 to reps do
    let p = Checker.nonzero e x in
    ignore (Sys.opaque_identity (Farray.tab4 m (fun b -> Checker.dots_at p x w (4 * b * n) n 0. 0. 0. 0.)))
  done;
  Printf.printf "%%.1f\\n" (2. *. float_of_int (m * n * reps) /. (Sys.time () -. t0) /. 1e6)
"""

C = """
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(void) {
  long m = %d, n = %d, reps = %d;
  double *w = malloc(8 * m * n), *x = malloc(8 * n), *y = malloc(8 * m), sum = 0;
  for (long k = 0; k < m * n; k++) w[k] = ((k * 7919) %% 2003 - 1001) / 1024.;
  for (long k = 0; k < n; k++) x[k] = ((k * 104729) %% 1009) / 1009.;
  clock_t t0 = clock();
  for (long r = 0; r < reps; r++) {
    for (long i = 0; i < m; i++) {
      double s = 0;
      for (long k = 0; k < n; k++) s += w[i * n + k] * x[k];
      y[i] = s;
    }
    x[r %% n] += 1e-9 * y[0];
    sum += y[m - 1];
  }
  double dt = (double)(clock() - t0) / CLOCKS_PER_SEC;
  fprintf(stderr, "%%g\\n", sum);
  printf("%%.1f\\n", 2. * m * n * reps / dt / 1e6);
}
"""


def build(room: Path, size: tuple[int, int, int]) -> dict[str, list[str]]:
    """Compile all programs; returns a command for each name."""
    for path in sources(CHECKER):
        if path.name != "driver.ml":
            shutil.copy(path, room)
    (room / "bench.ml").write_text(OCAML % size)
    (room / "bench.c").write_text(C % size)
    files = sorted(p.name for p in room.glob("*.ml*"))
    order = subprocess.run(["ocamldep", "-sort", *files], cwd=room, capture_output=True, text=True,
                           check=True)
    subprocess.run(["ocamlopt", "-O3", "-inline", "200", "-w", "-a", "unix.cmxa", *order.stdout.split(),
                    "-o", "checker"], cwd=room, check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["gcc", "-O2", "bench.c", "-o", "plain"], cwd=room, check=True)
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "bench.c", "-o", "fast"], cwd=room,
                   check=True)
    return {"checker (extracted from Coq)": ["./checker"], "C, gcc -O2": ["./plain"],
            "C, gcc -O3 -ffast-math": ["./fast"]}


def main() -> int:
    """Build, run interleaved, print medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=200, help="products per run")
    parser.add_argument("--runs", type=int, default=5, help="runs of each program")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        commands = build(room, (given.rows, given.columns, given.repeats))
        seen: dict[str, list[float]] = {key: [] for key in commands}
        for _ in range(given.runs):
            for key, command in commands.items():
                done = subprocess.run(command, cwd=room, capture_output=True, text=True, check=True)
                seen[key].append(float(done.stdout))
    print(f"{given.rows} x {given.columns} matrix times vector, Mflop/s, median of {given.runs} (min to max)")
    for key, values in seen.items():
        print(f"  {key:30} {statistics.median(values):8.0f}   ({min(values):.0f} to {max(values):.0f})")
    ratio = [a / b for a, b in zip(seen["checker (extracted from Coq)"], seen["C, gcc -O2"])]
    print(f"  ratio to C -O2, paired         {statistics.median(ratio):8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
