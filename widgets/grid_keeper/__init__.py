"""The grid keeper: a new mesh of grids is read, checked, mended, compared with the one in force, and published."""
