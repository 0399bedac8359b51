"""Small programs that a benchmark starts and times from outside."""
