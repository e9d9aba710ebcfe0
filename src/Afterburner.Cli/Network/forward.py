"""Runs a command whose programs reach the network through a proxy, and nothing else: ``forward.py PROGRAM ARGUMENT...``

The sandbox has no network but its own loopback. What connects to a port there is passed on to a socket of Afterburner, which decides where it may lead.
"""

import os
import socket
import subprocess
import sys
import threading

PROXY = "/network/proxy"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def main() -> None:
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=accept, args=(server,), daemon=True).start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    code = subprocess.call(sys.argv[1:], env={**os.environ, **dict.fromkeys(VARIABLES, address)})
    sys.stderr.flush()
    os._exit(code if code >= 0 else 128 - code)


def accept(server: socket.socket) -> None:
    while True:
        client, _ = server.accept()
        threading.Thread(target=connect, args=(client,), daemon=True).start()


def connect(client: socket.socket) -> None:
    proxy = socket.socket(socket.AF_UNIX)
    try:
        proxy.connect(PROXY)
    except OSError:
        client.close()
        return
    threading.Thread(target=pass_on, args=(client, proxy), daemon=True).start()
    pass_on(proxy, client)


def pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
    except OSError:
        pass  # one side is gone
    finally:
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


main()
