"""Online statistics: one step per value, constant cost; None means "not enough data"."""
