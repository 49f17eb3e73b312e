"""``python -m textransfer``: the same as the console script."""

from textransfer.cli.app import main

if __name__ == "__main__":
    main()
