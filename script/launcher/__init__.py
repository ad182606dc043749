"""Start, watch and stop what Yiwang runs on one machine; standard library only."""
