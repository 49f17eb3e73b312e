"""Compiled CPU kernels: arrays in, arrays out. They import nothing but NumPy and their compiler."""
