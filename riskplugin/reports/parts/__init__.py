"""The parts of a report, each folded from the records of its period in one pass."""
