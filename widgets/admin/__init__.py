"""The administrators' screens, and one's own account: one screen a file, values in, signals out."""
