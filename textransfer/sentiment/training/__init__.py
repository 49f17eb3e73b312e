"""The network with one hidden layer, and how it is trained."""
