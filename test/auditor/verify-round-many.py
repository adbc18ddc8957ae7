"""Verifies one round again and again in one process, with other calldata or from other nodes: a process for each takes too long.

verify-round-many.py FOLDER_OF_THE_VERIFIER, and on standard input a JSON list of {"rpcUrl", "market", "project", "round", "input"};
"input", calldata in hex, may be absent. Writes of each the names of the checks that failed."""

import json
import sys
from functools import cache

sys.path.insert(0, sys.argv[1])
import checks
import proofs
from chain import Node

known = {}
product_is_one = proofs.product_is_one


def remembered(pairs: list) -> bool:
    """Most of what is asked has equations in common with another: each is computed once."""
    key = repr(pairs)
    if key not in known:
        known[key] = product_is_one(pairs)
    return known[key]


proofs.product_is_one = remembered
proofs.g2 = cache(proofs.g2)


def failed_checks(asked: dict) -> list:
    node, results = Node(asked["rpcUrl"]), checks.Checks()
    last = node.number("eth_blockNumber")
    project = checks.Project(node, asked["market"], asked["project"], 0, last)
    checks.check_terms(project, results)
    setup = checks.Setup(node, asked["market"], project.terms, {}, results)
    given = bytes.fromhex(asked["input"][2:]) if "input" in asked else None
    report = checks.check_round(project, setup, asked["round"], given)
    return [check["name"] for check in results.results + report["checks"] if check["passed"] is False]


print(json.dumps([failed_checks(asked) for asked in json.load(sys.stdin)]))
