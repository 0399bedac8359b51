"""The record proven and kept small: signed heads, verifying, erasing, and how long things stay."""
