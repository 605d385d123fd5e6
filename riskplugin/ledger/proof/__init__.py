"""What makes the records evidence: hash chain, signed checkpoints, verification, replay, repair."""
