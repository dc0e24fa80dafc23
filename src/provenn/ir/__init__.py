"""The graph: an SSA directed acyclic graph of typed nodes, and the record that describes an op."""
