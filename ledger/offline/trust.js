/* The trust file: the keys, chains and contracts that whoever checks has decided to believe (formats.md). */
(function (root) {
  "use strict";

  const { Malformed, json, natural, note } = root.Offline;

  const FORMAT = "legal-ledger/trust/v1";
  const MAX_TRUST_BYTES = 256 * 1024;
  const MAX_ENTRIES = 256;
  const MAX_DEPTH = 10000;
  const ANCHOR_MEMBERS = [
    "chain_id", "genesis_hash", "contract", "code_sha256", "log_id", "from_size", "until_size", "finality", "evidence"
  ];
  const FORMS = {
    genesis_hash: /^0x[0-9a-f]{64}$/,
    contract: /^0x[0-9A-Fa-f]{40}$/,
    code_sha256: /^[0-9a-f]{64}$/,
    log_id: /^0x[0-9a-f]{64}$/,
    finality: /^(?:instant|tag|depth:[1-9][0-9]{0,4})$/,
    evidence: /^(?:none|witnessed)$/
  };

  function refuse(reason) {
    throw new Malformed("trust file", reason);
  }

  function range(members) {
    const from = json.integer(members.get("from_size"), "from_size", 0);
    const until = members.get("until_size");
    if (until !== null && json.integer(until, "until_size", 0) < from) {
      refuse("from_size and until_size are no range");
    }
    const first = natural.fromNumber(from);
    const last = until === null ? null : natural.fromNumber(until);
    return (size) => natural.compare(first, size) <= 0 && (last === null || natural.compare(size, last) <= 0);
  }

  function parseKey(entry) {
    const members = json.members(entry, ["vkey", "from_size", "until_size"], "key");
    return { key: note.parseKey(json.text(members.get("vkey"), "vkey")), covers: range(members) };
  }

  function parseFinality(text) {
    const depth = text.startsWith("depth:") ? Number(text.slice("depth:".length)) : 0;
    if (depth > MAX_DEPTH) {
      refuse("a depth of more than " + MAX_DEPTH + " blocks");
    }
    return { kind: text.split(":")[0], depth: depth };
  }

  function parseAnchor(entry) {
    const members = json.members(entry, ANCHOR_MEMBERS, "anchor");
    const fits = (name) => {
      const value = json.text(members.get(name), name);
      return FORMS[name].test(value) ? value : refuse(name + " is not of its form");
    };
    return {
      chainId: json.integer(members.get("chain_id"), "chain_id", 1),
      genesisHash: fits("genesis_hash"),
      contract: fits("contract"),
      codeSha256: fits("code_sha256"),
      logId: fits("log_id"),
      finality: parseFinality(fits("finality")),
      evidence: fits("evidence"),
      covers: range(members)
    };
  }

  function entries(members, name, parse) {
    const values = json.array(members.get(name), name);
    if (values.length < 1 || values.length > MAX_ENTRIES) {
      refuse(name + " are not 1 to " + MAX_ENTRIES);
    }
    return values.map(parse);
  }

  /* Read a trust file. White space and the order of members are free. Throws Malformed. */
  function parseTrust(data) {
    const members = json.members(json.parse(data, MAX_TRUST_BYTES), ["format", "origin", "keys", "anchors"], "trust file");
    const origin = json.text(members.get("origin"), "origin");
    if (members.get("format") !== FORMAT || !/^[!-*,-~]+$/.test(origin) || origin.length > note.MAX_ORIGIN_LENGTH) {
      refuse("another format, or an origin that is none");
    }
    const keys = entries(members, "keys", parseKey);
    const anchors = entries(members, "anchors", parseAnchor);
    if (!keys.every((entry) => entry.key.name === origin)) {
      refuse("a key does not bear the origin as its name");
    }
    return {
      origin: origin,
      anchors: anchors,
      keysFor: (size) => keys.filter((entry) => entry.covers(size)).map((entry) => entry.key),
      anchorsFor: (size) => anchors.filter((anchor) => anchor.covers(size)),
      /* Where to look for a checkpoint of this size: of several the last in the file. Undefined when there is none. */
      anchorFor: (size) => anchors.filter((anchor) => anchor.covers(size)).pop()
    };
  }

  root.Offline.trust = { FORMAT: FORMAT, MAX_TRUST_BYTES: MAX_TRUST_BYTES, parseTrust: parseTrust };
})(self);
