"""Pixels: lines, fills and stamps into a frame of numpy uint32, by compiled kernels or, until those are in, by Qt."""
