"""From a graph and a property to a verdict: attack, branch and bound, certificate, check."""
