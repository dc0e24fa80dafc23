"""What the processor and the libraries of this host do with floating-point numbers."""
