"""Training: data, the compiled step, the loop, checkpoints and certified training."""
