"""The graph of typed nodes, the record that describes an op, and the form of properties."""
