"""What is on the chain: JSON-RPC, the market's events, and the calldata of a settlement. The types are those of contracts/types."""

import json
import time
import urllib.error
import urllib.request

from eth_abi import decode
from eth_hash.auto import keccak

POINT = "(uint256,uint256)"
TERMS = {
    "rewardToken": "address", "budgetPerRoundWei": "uint96", "referee": "address", "stakeWei": "uint96",
    "fullWeightStakeWei": "uint96", "settleFeeWei": "uint96", "joinSeconds": "uint32", "aggregatorBondWei": "uint96",
    "normBoundSquared": "uint64", "commitSeconds": "uint32", "revealSeconds": "uint32", "settleSeconds": "uint32",
    "openSeconds": "uint32", "rounds": "uint16", "extraRounds": "uint16", "slots": "uint8", "ruleId": "uint8",
    "ruleParameterA": "uint8", "ruleParameterB": "uint8", "minTrainers": "uint8", "maxTrainers": "uint8",
    "minReliability": "uint16", "parameterCount": "uint32", "fractionBits": "uint8", "flatBps": "uint16",
    "capBps": "uint16", "baseWeightKind": "uint8", "modelVisibility": "uint8", "maxStrikes": "uint8",
    "payEvery": "uint16", "usesPayGradient": "bool", "aggregators": "address[3]",
}  # fmt: skip
TERMS_TYPE = f"({','.join(TERMS.values())})"
# Of each event: the types of its indexed values, of the others, and the names of both.
EVENTS = {
    "ProjectPosted": (["uint256", "address", "address"], [TERMS_TYPE, "bytes32", "bytes"], "project owner token terms termsHash manifest"),
    "ModelPublished": (["uint256", "uint256"], ["uint256", POINT, "bytes"], "project version round commitment cid"),
    "BudgetAdded": (["uint256", "address"], ["uint256"], "project sender wei"),
    "TrainerJoined": (["uint256", "address"], ["uint256"] * 4, "project trainer place baseWeight stake reliability"),
    "BondForfeited": (["uint256", "uint256", "address"], ["uint256"] * 2, "project round aggregator toSettler toTrainers"),
    "RoundOpened": (
        ["uint256", "uint256", "address"],
        [POINT, POINT, "bytes", "bytes", "bytes", "uint256", "uint256", "uint256"],
        "project round aggregator reference gradient referenceCid gradientCid jobCid seed eligible closesAt",
    ),
    "UpdatesSubmitted": (["uint256", "uint256"], ["uint256", "bytes"], "project round firstSlot updates"),
    "SubmissionExcluded": (["uint256", "uint256", "address"], ["uint256", "uint8"], "project round trainer slot reason"),
    "RoundSettled": (
        ["uint256", "uint256", "address"],
        ["uint256", "uint256", "uint256[]", "uint256[]"],
        "project round settler budget paid outcome credits",
    ),
    "RoundVoided": (["uint256", "uint256"], ["uint8", "uint256"], "project round reason detail"),
}
GRAM = f"({POINT},{POINT},{POINT},{POINT},uint256,uint256,uint256,uint256,uint256)"
PROOF = f"({GRAM},{POINT},uint256,uint256[],{POINT},uint256[8])"
SETTLE = f"(uint256,uint256,{POINT},{POINT},uint256,uint256,address[],{POINT}[],uint32,bytes,{PROOF},bytes)"
G2_TYPE = "(uint256[2],uint256[2])"
KEY = f"({POINT},{G2_TYPE},{G2_TYPE},{G2_TYPE},{POINT}[])"
ROUND_VIEW = "(bool,uint256,uint8,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,bool,bytes20)"


class CannotCheck(Exception):
    """The node did not tell what is needed: nothing was found wrong, and nothing right."""


def selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


SETTLE_SELECTOR = selector(f"settleRound({SETTLE})")
MULTICALL_SELECTOR = selector("multicall(bytes[])")
TOPICS = {
    keccak(f"{name}({','.join([*indexed, *others])})".encode()): name for name, (indexed, others, _) in EVENTS.items()
}


class Node:
    """A JSON-RPC node, whose word is believed."""

    def __init__(self, url: str, timeout: float = 60):
        self.url, self.timeout = url, timeout

    def ask(self, method: str, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        try:
            answer = json.loads(self.post(body))
        except urllib.error.HTTPError as error:
            raise CannotCheck(f"{self.url} answered {method} with status {error.code}") from error
        except (OSError, ValueError) as error:
            raise CannotCheck(f"{self.url} did not answer {method}: {error}") from error
        if not isinstance(answer, dict) or "result" not in answer:
            raise CannotCheck(f"{self.url} refused {method}: {str(answer)[:300]}")
        return answer["result"]

    def post(self, body: bytes) -> bytes:
        """Asks again, after a pause, whoever was not there: an audit takes minutes, and a node may be restarted meanwhile."""
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        for pause in (1, 3, None):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as response:
                    return response.read()
            except ConnectionError:
                if pause is None:
                    raise
            except urllib.error.URLError as error:
                if pause is None or not isinstance(error.reason, ConnectionError):
                    raise
            time.sleep(pause)

    def number(self, method: str, *params) -> int:
        return int(self.ask(method, *params), 16)

    def call(self, to: str, signature: str, result: str, *words: int, block="latest"):
        data = selector(signature) + b"".join(word.to_bytes(32, "big") for word in words)
        tag = block if isinstance(block, str) else hex(block)
        answer = self.ask("eth_call", {"to": to, "data": "0x" + data.hex()}, tag)
        try:
            return decode([result], bytes.fromhex(answer[2:]))[0]
        except Exception as error:  # eth_abi has an error of its own for each way in which bytes do not decode
            raise CannotCheck(f"{to} does not answer {signature.split('(')[0]} as these contracts do: {error}") from error

    def events(self, market: str, project: int, first: int, last: int) -> list:
        """The market's events about a project in their order. Halves the span as long as the node refuses it."""
        about = {"address": market, "topics": [None, f"0x{project:064x}"]}
        try:
            found = self.ask("eth_getLogs", {**about, "fromBlock": hex(first), "toBlock": hex(last)})
        except CannotCheck:
            if last - first < 100:
                raise
            middle = (first + last) // 2
            return self.events(market, project, first, middle) + self.events(market, project, middle + 1, last)
        return [event for event in map(decode_event, found) if event is not None]


def decode_event(log: dict):
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    name = TOPICS.get(topics[0])
    if name is None:
        return None
    indexed, others, names = EVENTS[name]
    values = [decode([kind], topic)[0] for kind, topic in zip(indexed, topics[1:])]
    values += decode(others, bytes.fromhex(log["data"][2:]))
    event = dict(zip(names.split(), values))
    where = {"block": int(log["blockNumber"], 16), "transaction": log["transactionHash"]}
    return {"event": name, "index": int(log["logIndex"], 16), **where, **event}


def terms_of(posted: dict) -> dict:
    return dict(zip(TERMS, posted["terms"]))


def submissions_of(event: dict) -> list:
    """`trainer (20) | commitmentHash (32) | length of the CID (1) | CID`, one after another."""
    data, found = event["updates"], []
    while data:
        if len(data) < 53 or len(data) < 53 + data[52]:
            raise CannotCheck("an event UpdatesSubmitted ends within an update")
        where = {"slot": event["firstSlot"] + len(found), "block": event["block"]}
        found.append({"trainer": "0x" + data[:20].hex(), "hash": data[20:52], **where})
        data = data[53 + data[52] :]
    return found


def find_settlements(data: bytes) -> list:
    """Every settleRound in a call of the market: the call itself, or those of a multicall, which may hold others."""
    if data[:4] == SETTLE_SELECTOR:
        return [decode_settlement(data[4:])]
    if data[:4] != MULTICALL_SELECTOR:
        return []
    return [found for call in decode(["bytes[]"], data[4:])[0] for found in find_settlements(call)]


def decode_settlement(data: bytes) -> dict:
    (project, round_index, reference, gradient, model_y, aggregate_y, trainers, commitments, excluded, reasons, proof, cid) = (
        decode([SETTLE], data)[0]
    )
    return {
        "project": project, "round": round_index, "reference": reference, "gradient": gradient,
        "model_y": model_y, "aggregate_y": aggregate_y, "trainers": list(trainers), "commitments": list(commitments),
        "excluded": excluded, "reasons": reasons, "cid": cid,
        "proof": name_proof(proof),
    }  # fmt: skip


def name_proof(values: tuple) -> dict:
    gram, dummy, gram_hash, outcome, aggregate, groth16 = values
    names = ("S", "R", "Q", "W", "mu", "rho_a", "a", "a_inv", "s")
    return {
        "gram": dict(zip(names, gram)), "dummy": dummy, "gram_hash": gram_hash,
        "outcome": list(outcome), "aggregate": aggregate, "groth16": list(groth16),
    }  # fmt: skip
