"""Pages of work orders: parse, call one service or selector, answer."""
