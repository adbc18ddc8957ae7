#!/usr/bin/env python3
"""Verifies settled rounds of a Commonweight project from the chain alone, with none of Commonweight's code.

Written from docs/proof.md and docs/rules.md. What it checks, and what it does not: docs/audit.md, "Without our code"."""

import argparse
import json
import re
import sys
import time
from pathlib import Path

EXAMPLE = """example:
  python3 verify_round.py --rpc-url http://127.0.0.1:8545 --market 0x5FbDB2315678afecb367f032d93F642f64180aa3 --project 1
  python3 verify_round.py ... --round 3 --key circuits/keys/trust-16.vkey.json --json

Ends with 0 when all checks pass, 1 when one fails, 2 when they cannot be made."""

try:
    from chain import CannotCheck, Node
    from checks import Checks, Project, Setup, check_round, check_terms
    from published import published_key, published_tau
except ModuleNotFoundError as missing:
    if "--help" not in sys.argv and "-h" not in sys.argv:
        sys.exit(f"{missing.name} is missing: python3 -m pip install -r {Path(__file__).with_name('requirements.txt')}")


def address(text: str) -> str:
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", text):
        raise argparse.ArgumentTypeError(f"not an address: {text}")
    return text


def options():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rpc-url", required=True, help="a node, whose word about the chain is believed")
    parser.add_argument("--market", required=True, type=address, help="address of TrainingMarket")
    parser.add_argument("--project", required=True, type=int, help="number of the project")
    parser.add_argument("--round", type=int, help="index of one round, from 0; all of them unless told")
    parser.add_argument("--from-block", type=int, default=0, help="a block before the project was posted (default 0)")
    parser.add_argument("--block", type=int, help="the last block that is looked at (default: the newest)")
    parser.add_argument("--key", type=Path, help="a published verifying key (snarkjs's JSON), to compare with the verifier's")
    parser.add_argument("--powers", type=Path, help="a ceremony's powers of tau (.ptau), to compare with the verifier's")
    parser.add_argument(
        "--transaction-input", type=Path, metavar="FILE", help="calldata in hex, instead of the settlement's; needs --round"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if given.transaction_input and given.round is None:
        parser.error("--transaction-input needs --round")
    return given


def calldata_of(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip().removeprefix("0x"))
    except (OSError, ValueError) as error:
        raise CannotCheck(f"{path} is no calldata in hex: {error}") from error


def verify(given) -> dict:
    node = Node(given.rpc_url)
    last = given.block if given.block is not None else node.number("eth_blockNumber")
    project = Project(node, given.market, given.project, given.from_block, last)
    general = Checks()
    check_terms(project, general)
    key = published_key(given.key) if given.key else None
    tau = published_tau(given.powers) if given.powers else None
    setup = Setup(node, given.market, project.terms, {"key": key, "tau": tau}, general)
    opened = sorted({event["round"] for event in project.of("RoundOpened", "RoundSettled")})
    if given.round is not None and given.round not in opened:
        raise CannotCheck(f"project {given.project} has no round {given.round}; it has opened {len(opened)} up to block {last}")
    given_input = calldata_of(given.transaction_input) if given.transaction_input else None
    rounds = []
    for index in opened if given.round is None else [given.round]:
        started = time.monotonic()
        rounds.append(check_round(project, setup, index, given_input))
        rounds[-1]["seconds"] = round(time.monotonic() - started, 1)
    if all(each["state"] != "settled" for each in rounds):
        told = "; ".join(f"round {each['round']}: {each['state']}" for each in rounds) or "none was opened"
        raise CannotCheck(f"no round was settled up to block {last} ({told})")
    checks = general.results + [check for each in rounds for check in each["checks"]]
    return {
        "chainId": project.chain_id,
        "market": given.market,
        "project": given.project,
        "block": last,
        "isDevelopmentSetup": setup.is_development,
        "checks": general.results,
        "rounds": rounds,
        "settledRounds": sum(each["state"] == "settled" for each in rounds),
        "passed": all(check["passed"] is not False for check in checks),
    }


def lines(report: dict):
    words = {True: "passed ", False: "FAILED ", None: "skipped"}

    def told(checks):
        return [f"  {words[check['passed']]}  {check['name']}: {check['detail']}" for check in checks]

    yield f"project {report['project']} of {report['market']} on chain {report['chainId']}, read at block {report['block']}"
    yield from told(report["checks"])
    for each in report["rounds"]:
        yield f"round {each['round']}: {each['state']}" + (f", checked in {each['seconds']} s" if each["checks"] else "")
        yield from told(each["checks"])
    if report["isDevelopmentSetup"]:
        yield "The setup is a DEVELOPMENT one, whose secret is public: anybody can make proofs of anything under it."
    failed = sum(check["passed"] is False for part in (report, *report["rounds"]) for check in part["checks"])
    count = f"{report['settledRounds']} settled round{'' if report['settledRounds'] == 1 else 's'}"
    yield f"{failed} checks FAILED, of {count}" if failed else f"all checks passed, of {count}"


def main() -> int:
    given = options()
    try:
        report = verify(given)
    except CannotCheck as error:
        print(json.dumps({"error": str(error)}) if given.json else f"cannot check: {error}", file=sys.stdout if given.json else sys.stderr)
        return 2
    print(json.dumps(report, indent=2) if given.json else "\n".join(lines(report)))
    return 0 if report["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
