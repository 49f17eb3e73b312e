"""The kernels of the GPU engine: arrays on the device in, arrays out; they import no other module."""
