"""Exit codes, and what each says to a script."""

EXIT_DONE = 0
EXIT_PEER_LOST = 1
EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
MEANINGS = {
    EXIT_DONE: "Done; also where the reader of the output, such as head, had enough of it.",
    EXIT_PEER_LOST: "Another process of a run under torchrun was lost, or a bug, with its traceback.",
    EXIT_USER_ERROR: "The input or the disk is at fault, told in one line; nothing is left half-written.",
    EXIT_INTERRUPTED: "Interrupted by Ctrl-C.",
}
"""What the codes mean, as ``textransfer --help`` lists them."""
