/* A bundle of the profile `ledger`: the tree is grown anew from its statements and held against its checkpoints, their
 * signatures and the contract. Rows, disclosures and transactions are for `legal-ledger audit`. */
(function (root) {
  "use strict";

  const { Malformed, bytes, checks, files, json, natural, note, statement, tree } = root.Offline;

  const MAX_LINE_BYTES = 1024 * 1024;
  const NEWLINE = 10;
  const DOCUMENT = /^documents\/([0-9a-f]{64})$/;

  /* Hand the lines of a member to `take`, without their newlines; every line ends in one. */
  async function eachLine(member, take) {
    let rest = new Uint8Array(0);
    await files.eachSlice(member.blob, (data) => {
      let start = 0;
      for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
        take(bytes.concat([rest, data.subarray(start, end)]));
        rest = new Uint8Array(0);
        start = end + 1;
      }
      rest = bytes.concat([rest, data.subarray(start)]);
      if (rest.length > MAX_LINE_BYTES) {
        throw new Malformed(member.path, "a line is too long");
      }
    });
    if (rest.length > 0) {
      throw new Malformed(member.path, "the last line has no newline");
    }
  }

  function memberOf(opened, path) {
    const member = opened.members.get(path);
    if (member === undefined) {
      throw new Malformed("bundle", "there is no " + path);
    }
    return member;
  }

  async function readCheckpoints(opened) {
    const found = [];
    await eachLine(memberOf(opened, "checkpoints.jsonl"), (line) => {
      const members = json.members(json.parse(line, MAX_LINE_BYTES), ["size", "note", "transaction_hash"], "checkpoint");
      const parsed = note.parseNote(json.text(members.get("note"), "note"));
      found.push({
        checkpoint: note.parseCheckpoint(parsed.text),
        noteText: parsed.text,
        signatures: parsed.signatures,
        size: json.integer(members.get("size"), "size", 0),
        anchored: members.get("transaction_hash") !== null
      });
    });
    return found;
  }

  /* The roots of the log at each size that is asked for, by size, and how many statements there are and wait. */
  async function growTree(opened, sizes) {
    const grown = new tree.GrowingTree();
    const roots = new Map();
    let waiting = 0;
    await eachLine(memberOf(opened, "statements.jsonl"), (line) => {
      const members = json.members(json.parse(line, MAX_LINE_BYTES), ["leaf_index", "statement"], "statement line");
      const parsed = statement.parseStatement(json.text(members.get("statement"), "statement"));
      if (members.get("leaf_index") === null) {
        waiting += 1;
        return;
      }
      if (waiting > 0 || members.get("leaf_index") !== grown.size) {
        throw new Malformed("statements.jsonl", "leaf " + grown.size + " is missing or out of order");
      }
      grown.append(tree.leafHash(parsed.commitment));
      if (sizes.has(grown.size)) {
        roots.set(grown.size, grown.root());
      }
    });
    return { roots: roots, count: grown.size, waiting: waiting };
  }

  /* Rows of {key, outcome, values} for people: `key` names a sentence of texts.js. */
  async function checkLedger(opened, given) {
    let found, grown;
    try {
      found = await readCheckpoints(opened);
      grown = await growTree(opened, new Set(found.map((item) => item.size)));
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      return [{ key: "ledgerUnreadable", outcome: "failed", values: { reason: error.message } }];
    }
    const wrong = found.filter((item) => natural.compare(item.checkpoint.size, natural.fromNumber(item.size)) !== 0 ||
      !grown.roots.has(item.size) || !bytes.equal(grown.roots.get(item.size), item.checkpoint.root));
    const rows = [
      row("ledgerTree", wrong, { count: grown.count, waiting: grown.waiting, checkpoints: found.length }),
      await signedRow(found, given)
    ];
    if (found.length > 0) {
      const newest = found.filter((item) => item.anchored).pop() || found[found.length - 1];
      rows.push(await anchoredRow(newest, given));
    }
    const documents = Array.from(opened.members.values()).filter((member) => DOCUMENT.test(member.path));
    const misnamed = documents.filter((member) => DOCUMENT.exec(member.path)[1] !== member.sha256);
    rows.push(row("ledgerDocuments", misnamed, { count: documents.length }));
    return rows;
  }

  function row(key, faults, values) {
    return { key: key, outcome: faults.length === 0 ? "passed" : "failed", values: values };
  }

  async function signedRow(found, given) {
    const outcomes = [];
    for (const item of found) {
      outcomes.push((await checks.checkNote(item, given.trust, given.verifySignature)).outcome);
    }
    const outcome = ["failed", "not_checked"].find((name) => outcomes.indexOf(name) >= 0) || "passed";
    return { key: "ledgerSigned", outcome: outcome, values: { count: found.length } };
  }

  /* The newest anchored checkpoint, by checks 6, 7 and 8. */
  async function anchoredRow(newest, given) {
    const values = { size: newest.size };
    const anchor = given.trust ? given.trust.anchorFor(newest.checkpoint.size) : undefined;
    if (!anchor || given.openContract === null) {
      return { key: "ledgerAnchored", outcome: "not_checked", values: values };
    }
    const outcome = await checks.checkCheckpoint(newest, given.trust, given.openContract(anchor));
    return { key: "ledgerAnchored", outcome: outcome, values: values };
  }

  root.Offline.ledger = { checkLedger: checkLedger };
})(self);
