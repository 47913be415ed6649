/* The receipt: its form, and a smaller one made of it. Numbers are those of formats.md, "Receipt". */
(function (root) {
  "use strict";

  const { Malformed, bytes, json, note, statement } = root.Offline;

  const FORMAT = "legal-ledger/receipt/v1";
  const CHECKSUM_TAG = "legal-ledger/receipt-checksum/v1\n";
  const MAX_RECEIPT_BYTES = 4 * 1024 * 1024;
  const MAX_DISCLOSURES = 2048;
  const MAX_ANCHORS = 16;
  const MEMBERS = ["format", "record_no", "statement", "disclosures", "proof", "anchors", "approvals"];
  const ANCHOR_MEMBERS = [
    "chain_id", "contract", "log_id", "checkpoint_index", "transaction_hash", "block_number", "block_hash"
  ];
  const HASH = /^0x[0-9a-f]{64}$/;
  const ADDRESS = /^0x[0-9A-Fa-f]{40}$/;

  function refuse(reason) {
    throw new Malformed("receipt", reason);
  }

  function parseAnchor(value) {
    const members = json.members(value, ANCHOR_MEMBERS, "anchor");
    const fits = (name, pattern) => pattern.test(json.text(members.get(name), name)) || refuse(name + " of an anchor");
    for (const name of ["chain_id", "checkpoint_index", "block_number"]) {
      json.integer(members.get(name), name, 0);
    }
    for (const name of ["log_id", "transaction_hash", "block_hash"]) {
      fits(name, HASH);
    }
    fits("contract", ADDRESS);
    return {
      chainId: members.get("chain_id"),
      contract: members.get("contract").toLowerCase(),
      logId: members.get("log_id")
    };
  }

  function checksum(anchors, noteText) {
    const covered = new Map([["anchors", anchors], ["approvals", []], ["note", noteText]]);
    return bytes.sha256(bytes.toUtf8(CHECKSUM_TAG), bytes.toUtf8(json.render(covered)));
  }

  /* Read a receipt of exactly the form that is written. Says nothing about truth; throws Malformed. */
  function parseReceipt(data) {
    const members = json.members(json.parse(data, MAX_RECEIPT_BYTES), MEMBERS, "receipt");
    if (!bytes.equal(bytes.toUtf8(json.render(members) + "\n"), data)) {
      refuse("not in its canonical form with one newline at the end");
    }
    if (members.get("format") !== FORMAT || json.array(members.get("approvals"), "approvals").length > 0) { // 1, 7
      refuse("another format, or approvals, which have no meaning in this one");
    }
    const text = json.text(members.get("statement"), "statement");
    const record = statement.parseStatement(text); // 2
    if (members.get("record_no") !== statement.recordNumber(record.subject)) { // 3
      refuse("the record number is not that of the subject");
    }
    const encoded = json.array(members.get("disclosures"), "disclosures");
    const anchors = json.array(members.get("anchors"), "anchors");
    if (encoded.length > MAX_DISCLOSURES || anchors.length > MAX_ANCHORS) {
      refuse("more disclosures or anchors than are read");
    }
    const disclosures = encoded.map((item) => statement.parseDisclosure(json.text(item, "disclosure"))); // 4
    const proof = note.parseProof(json.text(members.get("proof"), "proof")); // 5
    const hints = anchors.map(parseAnchor); // 6
    if (proof.extra === null || !bytes.equal(proof.extra, checksum(anchors, proof.note))) {
      refuse("the checksum in the proof's extra line does not fit the anchors and the note");
    }
    return {
      members: members,
      recordNo: members.get("record_no"),
      record: record,
      disclosures: disclosures,
      proof: proof,
      anchors: hints
    };
  }

  /* Whether the statement forbids a receipt without this disclosure. */
  function isRequired(receipt, disclosure) {
    return receipt.record.required.indexOf(disclosure.digest) >= 0;
  }

  /* The bytes of the receipt that shows only what is named in `keep`, and what is required. It proves what the whole one
   * proves, about less: the checksum covers no disclosure, so nothing else changes. */
  function redact(receipt, keep) {
    const shown = new Set(receipt.disclosures.map((disclosure) => disclosure.name));
    for (const name of keep) {
      if (!shown.has(name)) {
        throw new Malformed("names to keep", name + " is not disclosed in this receipt");
      }
    }
    const kept = receipt.disclosures.filter((item) => keep.indexOf(item.name) >= 0 || isRequired(receipt, item));
    const members = new Map(receipt.members);
    members.set("disclosures", kept.map((item) => item.encoded));
    return bytes.toUtf8(json.render(members) + "\n");
  }

  root.Offline.receipt = {
    FORMAT: FORMAT,
    MAX_RECEIPT_BYTES: MAX_RECEIPT_BYTES,
    parseReceipt: parseReceipt,
    isRequired: isRequired,
    redact: redact
  };
})(self);
