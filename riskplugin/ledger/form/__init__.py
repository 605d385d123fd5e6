"""How events and states become bytes, and come back: the canonical form that the hashes cover."""
