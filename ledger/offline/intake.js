/* What somebody chose, sorted by content: receipts, certificates, bundles, a trust file, and files to compare. */
(function (root) {
  "use strict";

  const { Malformed, bundle, certificate, files, json, receipt, trust } = root.Offline;

  const SUFFIX = ".receipt.json";
  const HEAD = 8;

  /* The `format` of a JSON file, or null for anything else. */
  function formatOf(data) {
    try {
      const value = json.parse(data, receipt.MAX_RECEIPT_BYTES);
      return value instanceof Map ? value.get("format") : null;
    } catch (error) {
      return null;
    }
  }

  /* One chosen file: what it is, and what is in it. `file` is a Blob, `name` what to call it. */
  async function recognise(name, file) {
    const head = await files.read(file.slice(0, HEAD), HEAD);
    if (certificate.isCertificate(head) && file.size <= certificate.MAX_CERTIFICATE_BYTES) {
      return await fromCertificate(name, file);
    }
    if (head[0] === 0x50 && head[1] === 0x4b) {
      return await fromBundle(name, file);
    }
    if (name.endsWith(SUFFIX) || head[0] === 0x7b && file.size <= receipt.MAX_RECEIPT_BYTES) {
      const data = await files.read(file.slice(0, receipt.MAX_RECEIPT_BYTES + 1), receipt.MAX_RECEIPT_BYTES + 1);
      const format = formatOf(data);
      if (format === trust.FORMAT) {
        return { kind: "trust", name: name, data: data };
      }
      if (format === receipt.FORMAT || name.endsWith(SUFFIX)) {
        return { kind: "receipts", name: name, receipts: [data] };
      }
    }
    return { kind: "document", name: name, file: file };
  }

  /* A PDF without an attached receipt is a document like any other. */
  async function fromCertificate(name, file) {
    const data = await files.read(file, certificate.MAX_CERTIFICATE_BYTES);
    const document = { kind: "document", name: name, file: file };
    try {
      const receipts = await certificate.attachedReceipts(data);
      return { kind: "receipts", name: name, receipts: receipts };
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      return Object.assign(document, { problem: ["badCertificate", { name: name, reason: error.message }] });
    }
  }

  /* A zip file that is no bundle may be a document: those of office programs are zip files. */
  async function fromBundle(name, file) {
    try {
      return { kind: "bundle", name: name, bundle: await bundle.openBundle(file) };
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      const problem = ["badBundle", { name: name, reason: error.message }];
      return { kind: "document", name: name, file: file, problem: problem };
    }
  }

  /* The SHA-256 that a receipt discloses, or null. */
  function disclosedDigest(data) {
    try {
      const found = receipt.parseReceipt(data).disclosures.find((disclosure) => disclosure.name === "sha256");
      return found === undefined ? null : found.value;
    } catch (error) {
      return null;
    }
  }

  /* Give each receipt the file it is about: by its digest, else by the name beside it, else, where a person `chose` the
   * files, the only one there is. `documents` are {name, sha256}; those that no receipt took come back as `left`. */
  function pair(receipts, documents, chose) {
    const left = new Set(documents);
    const cases = receipts.map((item) => {
      const digest = disclosedDigest(item.data);
      const beside = item.name.endsWith(SUFFIX) ? item.name.slice(0, -SUFFIX.length) : null;
      const match = documents.find((document) => document.sha256 === digest) ||
        documents.find((document) => document.name === beside) ||
        (chose && documents.length === 1 && receipts.length === 1 ? documents[0] : null);
      left.delete(match);
      return { name: item.name, data: item.data, document: match };
    });
    return { cases: cases, left: Array.from(left) };
  }

  /* Hash every member of a bundle and take its receipts out, those in certificates too. */
  async function unpack(opened, tell) {
    const damaged = [];
    const documents = [];
    const receipts = [];
    let trustData = null;
    for (const member of opened.members.values()) {
      const sha256 = await files.digest(member.blob, (done) => tell(member.path, done / member.size));
      if (sha256 !== member.sha256) {
        damaged.push(member.path);
        continue;
      }
      if (member.path.endsWith(SUFFIX) && member.size <= receipt.MAX_RECEIPT_BYTES) {
        receipts.push({ name: member.path, data: await bundle.readMember(member, receipt.MAX_RECEIPT_BYTES) });
      } else if (member.path === "trust.json" && member.size <= trust.MAX_TRUST_BYTES) {
        trustData = await bundle.readMember(member, trust.MAX_TRUST_BYTES);
      } else {
        documents.push({ name: member.path, sha256: sha256 });
        if (opened.profile !== "ledger" && member.path.endsWith(".pdf")) {
          const inside = await recognise(member.path, member.blob);
          (inside.receipts || []).forEach((data) => receipts.push({ name: member.path, data: data }));
        }
      }
    }
    return { damaged: damaged, documents: documents, receipts: receipts, trustData: trustData };
  }

  root.Offline.intake = { recognise: recognise, pair: pair, unpack: unpack };
})(self);
