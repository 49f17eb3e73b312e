#!/usr/bin/env python3
"""Start `textransfer serve` as it is installed, ask it what a person and a program ask, and stop it.

    python scripts/try_server.py CLASSIFIER

The server is that of the Python which runs this. It must answer a request, show its page with all that the
page loads, and end by itself on SIGTERM.
"""

import json
import re
import subprocess
import sys
from urllib.request import Request, urlopen

SECONDS = 60


def ask(address: str, body: object = None) -> bytes:
    """Return what the server answers, to JSON if there is a body."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(address, data, {"Content-Type": "application/json"}), timeout=SECONDS) as answer:
        return answer.read()


def started(server: subprocess.Popen[str]) -> str:
    """Return the address of a server once its log names it."""
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise SystemExit(f"the server ended with {server.wait()} and named no address")


def main() -> None:
    """Start, ask, stop."""
    command = [sys.executable, "-m", "textransfer", "serve", sys.argv[1], "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address = started(server)
        print("/predict", ask(f"{address}/predict", {"text": "a gripping drama"}).decode().strip())
        page = ask(f"{address}/").decode()
        print(f"/ {len(page):,} characters")
        loaded = re.findall(r'(?:src|href)="([\w./-]+)"', page)
        for path in loaded:  # longer as scripts are read, which load others
            content = ask(f"{address}/{path}").decode()
            print(f"/{path} {len(content):,} characters")
            loaded += re.findall(r'^import .* from "\./([\w.-]+)"', content, re.MULTILINE)
    finally:
        server.terminate()
    print("SIGTERM: exit code", server.wait(SECONDS))
    sys.exit(server.returncode)


if __name__ == "__main__":
    main()
