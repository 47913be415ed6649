/* Runs the core of the offline verifier in Node: one job a line on stdin, one answer a line on stdout.
 *
 *   node tests/offline_verifier.js CORE.js
 *
 * Bytes are base64. A node of the chain is an address, or a table of answers that both implementations are given. */
"use strict";

const fs = require("fs");
const readline = require("readline");
const vm = require("vm");

globalThis.self = globalThis;
vm.runInThisContext(fs.readFileSync(process.argv[2], "utf8"), { filename: process.argv[2] });
const { Malformed, bytes } = Offline;

const given = (text) => text === null || text === undefined ? null : new Uint8Array(Buffer.from(text, "base64"));
const tables = new Map();

/* The key under which a table holds the answer to a question. */
function keyOf(method, params) {
  const first = method === "eth_call" ? params[0].data : params[0];
  return first === undefined ? method : method + " " + first;
}

/* An answer to a call that the table does not hold is that of a contract which holds nothing under the words given. */
function tableNode(table) {
  return async (question) => {
    const { id, method, params } = JSON.parse(question);
    const key = keyOf(method, params);
    const known = Object.prototype.hasOwnProperty.call(table, key) ? table[key] : table[key.slice(0, "eth_call 0x00000000".length)];
    return bytes.toUtf8(JSON.stringify(Object.assign({ jsonrpc: "2.0", id: id }, known)));
  };
}

/* What the vectors say of a chain, as a Contract. */
class VectorContract {
  constructor(chain) {
    this.chain = chain;
  }

  async identity() {
    const found = this.chain.identity;
    return {
      chainId: Offline.natural.fromNumber(found.chain_id),
      genesisHash: found.genesis_hash,
      contract: found.contract,
      codeSha256: found.code_sha256,
      logId: found.log_id
    };
  }

  async head() {
    const newest = this.chain.checkpoints[this.chain.checkpoints.length - 1];
    return newest === undefined
      ? { size: "", root: new Uint8Array(32) }
      : { size: Offline.natural.fromNumber(newest.size), root: bytes.fromHex(newest.root) };
  }

  async checkpoint(root) {
    const held = this.chain.checkpoints.find((item) => item.root === bytes.toHex(root));
    if (held === undefined) {
      return null;
    }
    const [index, size, time, blockNumber] = [held.index, held.size, held.time, held.block_number]
      .map(Offline.natural.fromNumber);
    return { index: index, size: size, time: time, blockNumber: blockNumber };
  }

  async revocation(commitment) {
    const held = this.chain.revocations.find((item) => item.commitment === bytes.toHex(commitment));
    return held === undefined ? null : { reason: held.reason, time: Offline.natural.fromNumber(held.time) };
  }

  async isFinal(blockNumber) {
    const block = parseInt(blockNumber, 2);
    if (block > this.chain.newest_block) {
      throw new Offline.Unavailable("node", "behind");
    }
    return block + this.chain.depth <= this.chain.newest_block;
  }
}

function contractOf(job) {
  if (job.chain) {
    return () => new VectorContract(job.chain);
  }
  const post = job.rpc ? Offline.node.overHttp(job.rpc, job.timeout) : job.table ? tableNode(tables.get(job.table)) : null;
  return post && ((anchor) => new Offline.contract.Contract(new Offline.node.Node(post), anchor));
}

const jobs = {
  async table(job) {
    tables.set(job.name, job.answers);
    return {};
  },

  async verify(job) {
    const trust = job.trust === null ? null : Offline.trust.parseTrust(given(job.trust));
    return await Offline.checks.verifyReceipt(given(job.receipt), {
      trust: trust,
      openContract: contractOf(job),
      verifySignature: job.without_ed25519 ? null : await Offline.signature.findVerifier(crypto.subtle),
      fileSha256: job.file_sha256,
      newer: job.newer === undefined ? null : job.newer
    });
  },

  async json(job) {
    return { canonical: Offline.json.render(Offline.json.parse(given(job.data), job.max_bytes)) };
  },

  async parse(job) {
    const text = () => bytes.fromUtf8(given(job.data));
    const readers = {
      receipt: () => Offline.receipt.parseReceipt(given(job.data)),
      trust: () => Offline.trust.parseTrust(given(job.data)),
      statement: () => Offline.statement.parseStatement(text()),
      disclosure: () => Offline.statement.parseDisclosure(text()),
      proof: () => Offline.note.parseProof(text()),
      note: () => Offline.note.parseNote(text()),
      checkpoint: () => Offline.note.parseCheckpoint(text()),
      vkey: () => Offline.note.parseKey(text()),
      base64: () => bytes.base64.decode(text()),
      base64url: () => bytes.base64url.decode(text()),
      time: () => Offline.statement.parseTime(text())
    };
    readers[job.format]();
    return { accepted: true };
  },

  async redact(job) {
    const whole = Offline.receipt.parseReceipt(given(job.receipt));
    return { receipt: Buffer.from(Offline.receipt.redact(whole, job.keep)).toString("base64") };
  },

  async record_number(job) {
    return { printed: Offline.statement.recordNumber(job.subject) };
  },

  async decide(job) {
    const outcomes = { p: "passed", f: "failed", n: "not_checked", u: "unavailable" };
    const cases = job.cases.map(([letters, reason]) => Array.from(letters).map((letter, at) => ({
      outcome: outcomes[letter], facts: at === 8 ? { reason: reason } : {}
    })));
    return { verdicts: cases.map(Offline.verdict.decide), answers: cases.map(Offline.verdict.answers) };
  },

  async inclusion(job) {
    const [index, size] = [job.index, job.size].map((text) => Offline.natural.fromDecimal(text));
    return { holds: Offline.tree.includes(index, size, given(job.leaf), job.proof.map(given), given(job.root)) };
  },

  async bundle(job) {
    const bundle = await Offline.bundle.openBundle(new Blob([given(job.data)]));
    return { profile: bundle.profile, members: Array.from(bundle.members.keys()) };
  },

  async ledger(job) {
    const bundle = await Offline.bundle.openBundle(new Blob([given(job.data)]));
    const rows = await Offline.ledger.checkLedger(bundle, {
      trust: job.trust === null ? null : Offline.trust.parseTrust(given(job.trust)),
      openContract: contractOf(job),
      verifySignature: await Offline.signature.findVerifier(crypto.subtle)
    });
    return { rows: rows };
  },

  async certificate(job) {
    const found = await Offline.certificate.attachedReceipts(given(job.data));
    return { receipts: found.map((data) => Buffer.from(data).toString("base64")) };
  }
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const job = JSON.parse(line);
    let answer;
    try {
      answer = await jobs[job.job](job);
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      answer = { malformed: error.message };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
})();
