"""The case list: what waits for whom, by link of the chain, most overdue first."""
