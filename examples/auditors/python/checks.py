"""What is checked of a settled round. Each check has a name, and a sentence that says what was found."""

from eth_abi import encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak
from py_ecc.optimized_bn128 import G2, add, eq, multiply

import chain
import money
import proofs
import transcript
from transcript import FIRST_TRAINER_SLOT, P

INFINITY = (0, 0)
WEIGHTS = 1024
VOID_REASONS = ("the rule found too few", "too few submitted", "abandoned by its aggregator", "settled by nobody")


class Checks:
    """The results of a list of checks, in their order."""

    def __init__(self):
        self.results = []

    def note(self, name: str, passed, detail: str):
        """`passed` is None for a check that could not be made."""
        self.results.append({"name": name, "passed": passed, "detail": detail})

    def require(self, name: str, right: str, *faults):
        """Passes unless one of the faults is there: each is a sentence, or False."""
        found = [fault for fault in faults if fault]
        self.note(name, not found, "; ".join(found) if found else right)


class Setup:
    """What the deployed verifier holds: the power of tau, the blinding base and the rule's verifying key."""

    def __init__(self, node, market: str, terms: dict, published: dict, checks: Checks):
        verifier = node.call(market, "verifier()", "address")
        self.rule = (terms["ruleId"], terms["slots"])
        tau = node.call(verifier, "tauG2()", chain.G2_TYPE)
        encoded = node.call(verifier, "verifyingKey(uint8,uint8)", chain.KEY, *self.rule)
        self.is_development = node.call(verifier, "isDevelopmentSetup()", "bool")
        blinding = node.call(verifier, "blindingBase()", chain.POINT)
        hashed = transcript.hash_to_curve(transcript.BLINDING_SEED)
        self.blinding_base = proofs.g1(hashed)
        words = (*tau[0], *tau[1])
        try:
            self.tau, self.key = proofs.g2(words), proofs.verifying_key(encoded)
        except proofs.NotAPoint as error:
            raise chain.CannotCheck(f"the verifier at {verifier} has a setup of which a point is none: {error}") from error
        checks.require(
            "setup",
            f"verifier {verifier}, [tau]2 {', '.join(map(hex, words))}" + (", as published" if published.get("tau") else ""),
            eq(self.tau, G2) and "[tau]2 is the generator: tau is 1",
            published.get("tau") and published["tau"] != tau and "[tau]2 is not the published one",
            blinding != hashed and "the blinding base is not what its seed is hashed to: somebody may know its logarithm",
        )
        self.tell_key(encoded, published.get("key"), checks)

    def tell_key(self, encoded: tuple, published_key, checks: Checks):
        fingerprint = keccak(encode([chain.KEY], [encoded])).hex()
        checks.require(
            "verifying key",
            f"of rule {self.rule[0]} with {self.rule[1]} slots, keccak256 0x{fingerprint}"
            + (", as published" if published_key else ""),
            len(self.key["ic"]) != 4 and f"it is for {len(self.key['ic']) - 1} public signals, not 3",
            eq(self.key["gamma"], self.key["delta"]) and "gamma is delta: then anybody can prove anything",
            published_key and published_key != encoded and "it is not the published one",
        )


class Project:
    """A project as the market's events tell it."""

    def __init__(self, node, market: str, project: int, first: int, last: int):
        self.node, self.market, self.id = node, market, project
        self.chain_id = node.number("eth_chainId")
        self.events = node.events(market, project, first, last)
        posted = self.of("ProjectPosted")
        if not posted:
            where = f"blocks {first} to {last} of chain {self.chain_id}"
            raise chain.CannotCheck(f"there is no project {project} of the market {market} in {where}")
        self.posted, self.terms = posted[0], chain.terms_of(posted[0])
        self.submissions = {}
        for event in self.of("UpdatesSubmitted"):
            self.submissions.setdefault(event["round"], []).extend(chain.submissions_of(event))
        excluded = {}
        for event in self.of("SubmissionExcluded"):
            excluded[event["round"]] = excluded.get(event["round"], 0) + 1
        submitted = {index: len(found) for index, found in self.submissions.items()}
        self.budgets = money.budgets(self.terms, self.events, submitted, excluded, self.is_void)

    def of(self, *names: str, **values) -> list:
        return [
            event
            for event in self.events
            if event["event"] in names and all(event.get(name) == value for name, value in values.items())
        ]

    @property
    def trainers(self) -> int:
        return self.terms["slots"] - FIRST_TRAINER_SLOT

    def is_void(self, outcome_words) -> bool:
        return not any(weight for _, weight, _ in transcript.unpack_outcome(outcome_words, self.trainers)[0])

    def models_before(self, settled: dict) -> list:
        position = (settled["block"], settled["index"])
        return [
            event
            for event in self.of("ModelPublished")
            if (event["block"], event["index"]) < position and event["transaction"] != settled["transaction"]
        ]

    def base_weights(self, trainers: list, settled: dict) -> list:
        weights = {
            event["trainer"].lower(): event["baseWeight"]
            for event in self.of("TrainerJoined")
            if (event["block"], event["index"]) < (settled["block"], settled["index"])
        }
        return [weights.get(trainer.lower(), 0) for trainer in trainers]


def check_terms(project: Project, checks: Checks):
    posted = project.posted
    right = posted["termsHash"] == keccak(encode([chain.TERMS_TYPE], [posted["terms"]]))
    checks.require("terms", f"posted by {posted['owner']}", not right and "the event's hash is not that of its terms")


def check_round(project: Project, setup: Setup, round_index: int, given_input) -> dict:
    """All checks of one round. `given_input` stands in for the transaction's calldata."""
    checks = Checks()
    report = {"round": round_index, "state": "settled", "checks": checks.results}
    settled = project.of("RoundSettled", round=round_index)
    if not settled:
        voided = project.of("RoundVoided", round=round_index)
        report["state"] = f"nothing to check, {VOID_REASONS[voided[0]['reason']]}" if voided else "open"
        return report
    checks.require("settlement", f"transaction {settled[0]['transaction']}", len(settled) > 1 and "the round was settled twice")
    Round(project, setup, settled[0], checks).check(given_input)
    return report


class Round:
    """A settled round: what the chain told of it, and what came in the settlement's calldata."""

    def __init__(self, project: Project, setup: Setup, settled: dict, checks: Checks):
        self.project, self.setup, self.settled, self.checks = project, setup, settled, checks
        self.index, self.terms = settled["round"], project.terms
        self.announced = project.submissions.get(self.index, [])

    def check(self, given_input):
        self.call = self.find_call(given_input)
        if self.call is None:
            return
        self.proof = self.call["proof"]
        self.outcomes, self.rest = transcript.unpack_outcome(self.proof["outcome"], self.project.trainers)
        self.is_void = not any(weight for _, weight, _ in self.outcomes)
        self.check_aggregator()
        self.check_references()
        self.check_submissions()
        self.check_rolling_hash()
        self.check_exclusions()
        self.check_outcome()
        if self.set_statement():
            self.check_proofs()
        self.check_payouts()

    def find_call(self, given_input):
        where = self.settled["transaction"]
        transaction = self.project.node.ask("eth_getTransactionByHash", where)
        if transaction is None:
            raise chain.CannotCheck(f"the node does not have the transaction {where}")
        data = given_input or bytes.fromhex(transaction["input"][2:])
        is_direct = (transaction["to"] or "").lower() == self.project.market.lower()
        try:
            found = chain.find_settlements(data)
        except (DecodingError, OverflowError, ValueError) as error:
            self.checks.note("calldata", False, f"it does not decode: {error}")
            return None
        ours = [call for call in found if (call["project"], call["round"]) == (self.project.id, self.index)]
        self.checks.require(
            "calldata",
            "one settlement of this round" + (", among other calls" if data[:4] == chain.MULTICALL_SELECTOR else ""),
            len(ours) != 1 and f"{len(ours)} settlements of round {self.index} of project {self.project.id}",
            not is_direct and f"the transaction went to {transaction['to']}, not to the market",
        )
        return ours[0] if len(ours) == 1 else None

    def check_aggregator(self):
        settler = self.settled["settler"]
        own = [each.lower() for each in self.terms["aggregators"]]
        self.checks.require("aggregator", settler, settler.lower() not in own and f"{settler} is none of the terms' aggregators")

    def check_references(self):
        opened = self.project.of("RoundOpened", round=self.index)[-1:]
        fixed = [(event["reference"], event["gradient"]) for event in opened]
        sent = (self.call["reference"], self.call["gradient"])
        self.checks.require(
            "references",
            "the commitments of r and g that the round was opened with",
            not fixed and "no event says that the round was opened",
            fixed and fixed[0][0] != sent[0] and "r is not what the round was opened with",
            fixed and fixed[0][1] != sent[1] and "g is not what the round was opened with",
            fixed and (sent[1] != INFINITY) != self.terms["usesPayGradient"] and "g is there although the terms use none, or missing",
        )

    def submitted_hash(self, slot: int) -> bytes:
        """What was submitted of the commitment that came in this place; one that nobody opened stands as (hash, 0)."""
        x, y = self.call["commitments"][slot]
        if y == 0:
            return x.to_bytes(32, "big")
        return transcript.commitment_hash(self.call["trainers"][slot], (x, y))

    def check_submissions(self):
        trainers, commitments = self.call["trainers"], self.call["commitments"]
        faults = []
        if not len(trainers) == len(commitments) == len(self.announced):
            faults.append(f"{len(self.announced)} submitted, {len(trainers)} trainers and {len(commitments)} commitments came")
        else:
            for place, said in enumerate(self.announced):
                slot = place + FIRST_TRAINER_SLOT
                if said["slot"] != slot or said["trainer"] != trainers[place].lower():
                    faults.append(f"slot {slot} is {trainers[place]}'s, and {said['trainer']} submitted for slot {said['slot']}")
                elif said["hash"] != self.submitted_hash(place):
                    faults.append(f"the commitment in slot {slot} is not what {said['trainer']} submitted")
        self.checks.require("submissions", f"{len(trainers)} commitments, each with the hash that its trainer submitted", *faults)

    def rolling_hash(self, count: int) -> bytes:
        market, round_id = self.project.market, (self.project.id, self.index)
        points = (self.call["reference"], self.call["gradient"])
        rolling = transcript.rolling_start(self.project.chain_id, market, *round_id, *points)
        for place in range(count):
            rolling = transcript.rolling_next(rolling, self.call["trainers"][place], self.submitted_hash(place))
        return rolling

    def check_rolling_hash(self):
        """The contract's own storage, in the block before the settlement; who submitted in the settlement's block is not in it yet."""
        before = self.settled["block"] - 1
        count = sum(said["block"] <= before for said in self.announced)
        if len(self.call["trainers"]) < count or len(self.call["commitments"]) < count:
            self.checks.note("rolling hash", False, "fewer came than submitted")
            return
        try:
            view = self.project.node.call(
                self.project.market, "getRound(uint256)", chain.ROUND_VIEW, self.project.id, block=before
            )
        except chain.CannotCheck as error:
            self.checks.note("rolling hash", None, f"the node does not tell the state of block {before}: {error}")
            return
        if view[1] != self.index or view[8] != count:
            self.checks.note("rolling hash", None, "the round opened, or was submitted to, in the block of its settlement")
            return
        self.checks.require(
            "rolling hash",
            f"of r, g and {count} submissions, as the contract stored it",
            view[13] != self.rolling_hash(count) and "the contract stored another one",
        )

    def check_exclusions(self):
        events = self.project.of("SubmissionExcluded", round=self.index)
        slots = [slot for slot in range(32) if self.call["excluded"] >> slot & 1]
        sent = list(zip(slots, self.call["reasons"]))
        last = FIRST_TRAINER_SLOT + len(self.call["trainers"])
        self.checks.require(
            "exclusions",
            f"{len(sent)} left out, as announced",
            len(slots) != len(self.call["reasons"]) and "not one reason for each slot",
            sent != [(event["slot"], event["reason"]) for event in events] and "others are left out than was announced",
            any(not FIRST_TRAINER_SLOT <= slot < last for slot in slots) and "a slot is left out for which nobody submitted",
            len(self.call["trainers"]) - len(slots) < self.terms["minTrainers"] and "fewer are left than the terms ask for",
        )

    @property
    def active(self) -> list:
        """Whether each submission takes part."""
        places = range(len(self.call["trainers"]))
        return [not self.call["excluded"] >> place + FIRST_TRAINER_SLOT & 1 for place in places]

    def check_outcome(self):
        words, active = self.proof["outcome"], self.active
        wrong = []
        for place, (share, weight, verdict) in enumerate(self.outcomes):
            takes_part = place < len(active) and active[place]
            is_known = verdict < len(transcript.VERDICTS)
            if not is_known or takes_part != (verdict != 0) or (verdict != transcript.ACCEPTED and (share or weight)):
                wrong.append(str(place + FIRST_TRAINER_SLOT))
        weights, shares = (sum(outcome[part] for outcome in self.outcomes) for part in (1, 0))
        names = [transcript.VERDICTS[verdict] for _, _, verdict in self.outcomes if 0 < verdict < len(transcript.VERDICTS)]
        self.checks.require(
            "outcome",
            ("void: " if self.is_void else "applied: ") + ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names)),
            words != list(self.settled["outcome"]) and "another outcome was announced than was sent",
            len(words) != transcript.outcome_length(self.project.trainers) and f"{len(words)} words are not one for eight trainers",
            any(self.rest) and "something stands behind the last trainer",
            wrong and f"verdict, weight and share do not go together in slots {', '.join(wrong)}",
            weights not in (0, WEIGHTS) and f"the weights sum to {weights}",
            (shares > money.SHARES or (self.is_void and shares)) and f"the shares sum to {shares}",
        )

    def set_statement(self) -> bool:
        """What has to be proven: the model before, the last aggregate, the slots' commitments, the rule's parameters."""
        published = self.project.models_before(self.settled)
        try:
            models = [proofs.g1(event["commitment"]) for event in published]
        except proofs.NotAPoint as error:
            self.checks.note("model before", False, str(error))
            return False
        if not models:
            self.checks.note("model before", False, "no model was published before")
            return False
        self.model = models[-1]
        last = add(models[-1], proofs.combine([(models[-2], -1)])) if len(models) > 1 else None
        aggregate = proofs.affine(last) if last is not None else INFINITY
        model_words = proofs.affine(self.model)
        self.checks.require(
            "model before",
            f"version {len(models) - 1}",
            [event["version"] for event in published] != list(range(len(models))) and "models before it are missing",
            self.call["model_y"] != model_words[1] and "modelY is not that of the last published model",
            self.call["aggregate_y"] != aggregate[1] and "aggregateY is not that of the last two models' difference",
        )
        slots = self.terms["slots"]
        active = self.active
        updates = [point if takes_part else INFINITY for point, takes_part in zip(self.call["commitments"], active)]
        given = [self.call["reference"], self.call["gradient"], aggregate, *updates]
        if len(given) > slots or len(active) != len(self.call["commitments"]):
            self.checks.note("statement", False, f"{len(given)} commitments do not fit into {slots} slots")
            return False
        self.commitments = given + [INFINITY] * (slots - len(given))
        takes_part = [True, self.terms["usesPayGradient"], aggregate != INFINITY, *active]
        mask = sum(each << slot for slot, each in enumerate(takes_part))
        base = self.project.base_weights(self.call["trainers"], self.settled)
        weights = [weight if takes_part else 0 for weight, takes_part in zip(base, active)]
        bounds = (self.terms["normBoundSquared"], self.terms["ruleParameterA"], self.terms["ruleParameterB"])
        self.terms_words = transcript.pack_terms(slots, mask, *bounds, weights)
        points = sum((point != INFINITY) << slot for slot, point in enumerate(self.commitments))
        gram, proof = self.proof["gram"], self.proof
        scalars = [gram[name] for name in ("mu", "rho_a", "a", "a_inv", "s")] + [proof["gram_hash"], *proof["outcome"]]
        self.checks.require(
            "statement",
            f"{sum(takes_part)} of {slots} slots, parameters {', '.join(map(hex, self.terms_words))}",
            points != mask and "not exactly the slots that take part have a commitment",
            any(scalar >= P for scalar in scalars) and "a scalar is not below the field's order",
            not all(0 < weight < 1024 for weight, each in zip(base, active) if each) and "a trainer without a base weight",
        )
        self.context = transcript.context_hash(
            chain_id=self.project.chain_id, market=int(self.project.market, 16), project=self.project.id,
            round_index=self.index, aggregator=int(self.settled["settler"], 16), rule=self.terms["ruleId"],
            slots=slots, parameters=self.terms["parameterCount"], terms=self.terms_words, model=model_words,
        )  # fmt: skip
        return True

    def check_proofs(self):
        count, proof = self.terms["parameterCount"], self.proof
        drawn = transcript.draw(self.context, count, self.commitments, proof)
        alpha, zeta = drawn["alpha"], drawn["zeta"]
        setup = self.setup
        signals = [transcript.fold(proof["outcome"], self.terms_words, proof["gram"]["mu"], alpha), alpha, proof["gram_hash"]]
        self.equation(
            "Gram proof",
            "the committed vectors have the inner products that the rule was run on",
            lambda: alpha * zeta * (1 - zeta * zeta) % P != 0
            and proofs.gram_proof_holds(proof, self.commitments, drawn, count, setup.blinding_base, setup.tau),
        )
        self.equation(
            "rule proof",
            "verdicts, weights and shares are what the rule makes of them",
            lambda: proofs.groth16_holds(proof["groth16"], signals, setup.key),
        )
        self.equation("aggregate", "the sum of the commitments, each times its weight", self.is_aggregate)
        self.check_model()

    def equation(self, name: str, right: str, holds):
        try:
            self.checks.require(name, right, not holds() and "its equation does not hold")
        except proofs.NotAPoint as error:
            self.checks.note(name, False, str(error))

    def is_aggregate(self) -> bool:
        weights = [weight for _, weight, _ in self.outcomes]
        updates = self.commitments[FIRST_TRAINER_SLOT:]
        total = proofs.combine([(proofs.g1(point), weight) for point, weight in zip(updates, weights) if weight])
        return proofs.affine(total) == self.proof["aggregate"]

    def check_model(self):
        """The market's word about the new model: the old one's commitment plus the aggregate."""
        published = [
            event
            for event in self.project.of("ModelPublished", round=self.index)
            if event["transaction"] == self.settled["transaction"]
        ]
        if self.is_void:
            self.checks.require("model after", "none: the round is void", published and "a void round published a model")
            return
        try:
            expected = proofs.affine(add(self.model, proofs.g1(self.proof["aggregate"])))
        except proofs.NotAPoint as error:
            self.checks.note("model after", False, str(error))
            return
        self.checks.require(
            "model after",
            f"commitment ({hex(expected[0])}, {hex(expected[1])})",
            len(published) != 1 and f"{len(published)} models were published",
            published and published[0]["commitment"] != expected and "the published commitment is not the old one plus the aggregate",
            published and published[0]["cid"] != self.call["cid"] and "another file was published than was sent",
        )

    def check_payouts(self):
        active, count = self.active, len(self.call["trainers"])
        before, bond_each = self.project.budgets[self.index]
        budget = before * sum(active) // max(1, count)
        outcomes = [outcome if each else (0, 0, 0) for outcome, each in zip(self.outcomes, active)]
        pays = money.payouts(budget, self.terms["flatBps"], self.terms["capBps"], outcomes)
        self.checks.require(
            "budget",
            f"{budget} to pay from, {sum(pays)} paid of it",
            self.settled["budget"] != budget and f"the terms and rounds before leave {budget}, {self.settled['budget']} was announced",
            self.settled["paid"] != sum(pays) and f"the shares make {sum(pays)}, {self.settled['paid']} was announced",
        )
        due = [pay + bond_each * each for pay, each in zip(pays, active)]
        expected = [(trainer.lower(), wei) for trainer, wei in zip(self.call["trainers"], due)]
        credited = [(f"0x{credit >> 96:040x}", credit & (1 << 96) - 1) for credit in self.settled["credits"]]
        wrong = [f"{trainer} is due {wei}" for trainer, wei in expected if (trainer, wei) not in credited]
        self.checks.require(
            "payouts",
            f"{sum(due)} to {sum(wei > 0 for wei in due)} trainers, {bond_each} each out of forfeited bonds",
            credited != expected and f"others, or other amounts, were credited ({', '.join(wrong) or 'in another order'})",
        )
