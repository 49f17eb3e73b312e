"""Copy documents together."""

from textransfer.compiling import compiled


@compiled
def gather(tokens, starts, offsets, taken):
    """Copy tokens int32 from starts[d] on to taken[offsets[d]:offsets[d + 1]], for each document d."""
    for document in range(starts.size):
        shift = starts[document] - offsets[document]
        for i in range(offsets[document], offsets[document + 1]):
            taken[i] = tokens[shift + i]
