"""What a case, a grid, a unit, a clock and a role *are*: plain typed values and the rules between them.

Nothing here does I/O, knows a window or reads the time: whoever calls passes the time in.
"""
