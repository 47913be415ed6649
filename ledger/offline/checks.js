/* The eleven checks of a receipt, with the numbers of formats.md. */
(function (root) {
  "use strict";

  const { Malformed, Unavailable, bytes, natural, receipt, statement, tree, verdict } = root.Offline;

  const HEX_32 = /^[0-9a-f]{64}$/;
  const LAST_SECOND = 253402300799; // 9999-12-31T23:59:59Z: a node may answer with any 40 bits

  const passed = (facts) => ({ outcome: "passed", facts: facts || {} });
  const failed = (detail, facts) => ({ outcome: "failed", facts: Object.assign({ detail: detail }, facts) });
  const unavailable = (error) => ({ outcome: "unavailable", facts: { reason: error.message } });
  const notChecked = () => ({ outcome: "not_checked", facts: {} });

  /* Run a question to the chain; when no answer comes, that is the outcome. */
  async function asking(question) {
    try {
      return await question();
    } catch (error) {
      if (error instanceof Unavailable) {
        return unavailable(error);
      }
      throw error;
    }
  }

  /* Check a receipt and report. Every byte of `data` may be hostile.
   *
   * given.trust         a parsed trust file, or null: 4 and 6 to 9 are not checked
   * given.openContract  anchor → Contract, or null when no node is asked: 6 to 9 are not checked
   * given.verifySignature  from signature.js, or null: 4 is not checked, and green needs the contract's word
   * given.fileSha256    the lower-case hex digest of the file in question, or null
   * given.newer         whether a later version is known, or null when nobody looked */
  async function verifyReceipt(data, given) {
    const checks = verdict.CODES.map(notChecked);
    let found;
    try {
      found = receipt.parseReceipt(data);
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      checks[0] = failed(error.message);
      return report(checks, true, {});
    }
    const checkpoint = found.proof.checkpoint;
    const commitment = found.record.commitment;
    const leaf = tree.leafHash(commitment);

    checks[0] = passed();
    checks[1] = checkDisclosures(found);
    checks[2] = passed({ commitment: bytes.toHex(commitment), leaf: bytes.toHex(leaf) });
    checks[3] = await checkNote(found.proof, given.trust, given.verifySignature);
    checks[4] = tree.includes(found.proof.index, checkpoint.size, leaf, found.proof.hashes, checkpoint.root)
      ? passed() : failed("the proof does not lead to the root");

    let anchor = given.trust ? given.trust.anchorFor(checkpoint.size) : undefined;
    let anchored = null;
    if (given.trust && checks.every((check) => check.outcome !== "failed")) {
      const contract = given.openContract && anchor ? given.openContract(anchor) : null;
      const network = await checkNetwork(checkpoint.size, found.anchors, given.trust, contract);
      checks[5] = network.check;
      anchor = network.anchor;
      if (contract !== null && checks[5].outcome === "passed") {
        checks[6] = await asking(async () => {
          const held = await readAnchored(contract, checkpoint, found.proof.note);
          anchored = held.anchored;
          return held.check;
        });
        if (anchored !== null) {
          checks[7] = await asking(() => checkFinal(contract, anchored));
        }
        checks[8] = await asking(() => checkNotRevoked(contract, commitment));
      }
    }

    if (given.fileSha256 !== null && checks[1].outcome === "passed") {
      checks[9] = checkFile(found, given.fileSha256);
    }
    if (given.newer !== null) {
      checks[10] = given.newer ? failed("a later version is known") : passed();
    }
    return report(checks, !anchor || anchor.evidence === "none", factsOf(found, anchored));
  }

  function report(checks, testNetwork, facts) {
    const numbered = checks.map((check, at) => ({
      number: at + 1, code: verdict.CODES[at], outcome: check.outcome, facts: check.facts
    }));
    return { verdict: verdict.decide(numbered), test_network: testNetwork, checks: numbered, facts: facts };
  }

  function checkDisclosures(found) {
    const fault = statement.disclosureFault(found.record, found.disclosures);
    return fault === null
      ? passed({ disclosed: found.disclosures.length, withheld: found.record.sd.size - found.disclosures.length })
      : failed(fault);
  }

  /* 4. Who claims to have signed is known without cryptography; whether it is so, only with it. `signed` is a note taken
   * apart: {noteText, signatures, checkpoint}. */
  async function checkNote(signed, trust, verifySignature) {
    if (!trust) {
      return notChecked();
    }
    const origin = signed.checkpoint.origin;
    const keys = trust.keysFor(signed.checkpoint.size);
    const claims = [];
    for (const line of signed.signatures) {
      const key = keys.filter((known) => known.name === line.name && known.keyId === line.keyId).pop();
      if (key !== undefined) {
        claims.push({ key: key, signature: line.signature });
      }
    }
    if (claims.length === 0 || origin !== trust.origin) {
      return failed("no signature by a key that is trusted for this size, under the trusted origin");
    }
    if (!verifySignature) {
      return notChecked();
    }
    const text = bytes.toUtf8(signed.noteText);
    for (const claim of claims) {
      if (!await verifySignature(claim.key.publicKey, claim.signature, text)) {
        return failed("a signature by a trusted key is bad");
      }
    }
    return passed({ origin: origin });
  }

  /* 6. The last anchor in the file that covers the size is asked about; another of them may be what answers. */
  async function checkNetwork(size, hints, trust, contract) {
    const usual = trust.anchorFor(size);
    if (!usual) {
      return { check: failed("no network is trusted at this size"), anchor: undefined };
    }
    const named = hints.some((hint) => trust.anchors.some((anchor) => hint.chainId === anchor.chainId &&
      hint.contract === anchor.contract.toLowerCase() && hint.logId === anchor.logId));
    if (hints.length > 0 && !named) {
      return { check: failed("the receipt names no trusted network"), anchor: usual };
    }
    if (contract === null) {
      return { check: notChecked(), anchor: usual };
    }
    let anchor = usual;
    const check = await asking(async () => {
      const identity = await contract.identity();
      anchor = trust.anchorsFor(size).find((known) => differing(known, identity) === null) || usual;
      const field = differing(anchor, identity);
      return field === null
        ? passed({ chain_id: natural.toFact(identity.chainId), contract: identity.contract })
        : failed("another " + field);
    });
    return { check: check, anchor: anchor };
  }

  /* The name of the first fact that differs, or null. */
  function differing(anchor, identity) {
    if (natural.fromNumber(anchor.chainId) !== identity.chainId) {
      return "chainId";
    }
    const fields = ["genesisHash", "contract", "codeSha256", "logId"];
    return fields.find((field) => anchor[field] !== identity[field]) || null;
  }

  /* 7. Failed only where the contradiction is final; what a node that lags could explain is no answer. */
  async function readAnchored(contract, checkpoint, noteText) {
    const held = await contract.checkpoint(checkpoint.root);
    if (held !== null && held.size === checkpoint.size) {
      const facts = { checkpoint_index: natural.toFact(held.index), block_number: natural.toFact(held.blockNumber) };
      return { check: passed(facts), anchored: held };
    }
    if (held !== null) {
      if (!await contract.isFinal(held.blockNumber)) {
        throw new Unavailable("contract", "holds this root under another size, in a block that is not final");
      }
    } else {
      await ruleOut(contract, checkpoint);
    }
    const detail = held === null ? "the root is not anchored" : "the root is anchored with another size";
    return { check: failed(detail, { note: noteText }), anchored: null };
  }

  /* Return when the contract will never hold the checkpoint: sizes in it only grow. */
  async function ruleOut(contract, checkpoint) {
    const head = await contract.head();
    if (natural.compare(head.size, checkpoint.size) < 0) {
      throw new Unavailable("contract", "the node knows a shorter log than the receipt");
    }
    const newest = await contract.checkpoint(head.root);
    if (newest === null || !await contract.isFinal(newest.blockNumber)) {
      throw new Unavailable("contract", "the newest checkpoint is missing or not final");
    }
    if (await contract.checkpoint(checkpoint.root) !== null) {
      throw new Unavailable("contract", "the checkpoint arrived during the check");
    }
  }

  async function checkFinal(contract, anchored) {
    const facts = { block_number: natural.toFact(anchored.blockNumber) };
    return await contract.isFinal(anchored.blockNumber) ? passed(facts) : failed("not final yet", facts);
  }

  async function checkNotRevoked(contract, commitment) {
    const revocation = await contract.revocation(commitment);
    if (revocation === null) {
      return passed();
    }
    return failed("revoked", { reason: revocation.reason, revoked_at: time(revocation.time) });
  }

  /* 6 to 8 for a checkpoint by itself: the outcome of the first that did not pass, else `passed`. */
  async function checkCheckpoint(signed, trust, contract) {
    const network = (await checkNetwork(signed.checkpoint.size, [], trust, contract)).check;
    if (network.outcome !== "passed") {
      return network.outcome;
    }
    return (await asking(async () => {
      const held = await readAnchored(contract, signed.checkpoint, signed.noteText);
      return held.anchored === null ? held.check : await checkFinal(contract, held.anchored);
    })).outcome;
  }

  function checkFile(found, fileSha256) {
    const disclosed = found.disclosures.find((disclosure) => disclosure.name === "sha256");
    if (disclosed === undefined || typeof disclosed.value !== "string" || !HEX_32.test(disclosed.value)) {
      return unavailable(new Unavailable("file", "the receipt discloses no sha256"));
    }
    return disclosed.value === fileSha256 ? passed({ sha256: fileSha256 }) : failed("another SHA-256");
  }

  function factsOf(found, anchored) {
    const record = found.record;
    const checkpoint = found.proof.checkpoint;
    return {
      record_no: found.recordNo,
      statement_id: record.id,
      institution: record.institution,
      type: record.type,
      version: record.version,
      stream: record.stream,
      stream_seq: record.streamSeq,
      recorded_at: record.recordedAt,
      commitment: bytes.toHex(record.commitment),
      origin: checkpoint.origin,
      leaf_index: natural.toFact(found.proof.index),
      size: natural.toFact(checkpoint.size),
      root: bytes.toHex(checkpoint.root),
      anchored_at: anchored ? time(anchored.time) : null,
      block_number: anchored ? natural.toFact(anchored.blockNumber) : null,
      checkpoint_index: anchored ? natural.toFact(anchored.index) : null
    };
  }

  function time(seconds) {
    const value = natural.toFact(seconds);
    return typeof value === "number" && value <= LAST_SECOND ? new Date(value * 1000).toISOString() : null;
  }

  root.Offline.checks = { verifyReceipt: verifyReceipt, checkNote: checkNote, checkCheckpoint: checkCheckpoint };
})(self);
