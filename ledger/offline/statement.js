/* Statements, the disclosures of their fields, and the record number that a subject gives (formats.md). */
(function (root) {
  "use strict";

  const { Malformed, bytes, json } = root.Offline;

  const SCHEMA = "legal-ledger/statement/v1";
  const MAX_STATEMENT_BYTES = 64 * 1024;
  const MAX_DISCLOSURE_LENGTH = 1024 * 1024;
  const MAX_NAME_LENGTH = 128;
  const SALT_SIZE = 16;
  const MEMBERS = [
    "_sd", "_sd_alg", "id", "institution", "previous", "recorded_at", "required", "schema", "stream", "stream_previous",
    "stream_seq", "subject", "type", "version"
  ];
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const HEX_32 = /^[0-9a-f]{64}$/;
  const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  function refuse(member, reason) {
    throw new Malformed("statement member " + member, reason);
  }

  function fits(members, name, pattern) {
    const value = json.text(members.get(name), name);
    if (!pattern.test(value)) {
      refuse(name, "not of its form");
    }
    return value;
  }

  function digests(members, name) {
    const values = json.array(members.get(name), name);
    values.forEach((value, at) => {
      if (bytes.base64url.decode(json.text(value, name)).length !== 32) {
        refuse(name, "not a digest");
      }
      if (at > 0 && values[at - 1] >= value) {
        refuse(name, "not sorted, or a digest appears twice");
      }
    });
    return values;
  }

  /* A counter from 1, and the commitment of the one before: null at 1 and only there. */
  function link(members, counter, previous) {
    const number = json.integer(members.get(counter), counter, 1);
    if (members.get(previous) === null ? number !== 1 : number === 1 || !fits(members, previous, HEX_32)) {
      refuse(previous, "only the first has none before it");
    }
    return number;
  }

  /* `2026-11-22T06:52:39.123Z`, and a moment that exists. */
  function time(text) {
    const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z$/.exec(text);
    if (found === null) {
      refuse("time", "not of its form");
    }
    const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
    if (year < 1 || days === undefined || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) {
      refuse("time", "does not exist");
    }
    return text;
  }

  /* Read a statement, given as the text that the log commits to. */
  function parseStatement(text) {
    const data = bytes.toUtf8(text);
    const members = json.members(json.parse(data, MAX_STATEMENT_BYTES), MEMBERS, "statement");
    if (members.get("schema") !== SCHEMA || members.get("_sd_alg") !== "sha-256" || json.render(members) !== text) {
      throw new Malformed("statement", "of another schema, or not in its canonical form");
    }
    const sd = digests(members, "_sd");
    const required = digests(members, "required");
    if (!required.every((digest) => sd.indexOf(digest) >= 0)) {
      refuse("required", "not a subset of _sd");
    }
    return {
      sd: new Set(sd),
      required: required,
      id: fits(members, "id", UUID),
      institution: fits(members, "institution", /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
      type: fits(members, "type", /^[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,31}$/),
      subject: fits(members, "subject", UUID),
      version: link(members, "version", "previous"),
      stream: fits(members, "stream", UUID),
      streamSeq: link(members, "stream_seq", "stream_previous"),
      recordedAt: time(json.text(members.get("recorded_at"), "recorded_at")),
      commitment: bytes.sha256(bytes.toUtf8(SCHEMA + "\n"), data)
    };
  }

  function parseDisclosure(encoded) {
    if (bytes.lengthOf(encoded) > MAX_DISCLOSURE_LENGTH) {
      throw new Malformed("disclosure", "too long");
    }
    const parts = json.parse(bytes.base64url.decode(encoded), MAX_DISCLOSURE_LENGTH);
    if (!Array.isArray(parts) || parts.length !== 3) {
      throw new Malformed("disclosure", "not an array of salt, name and value");
    }
    const [salt, name, value] = parts;
    if (bytes.base64url.decode(json.text(salt, "salt")).length !== SALT_SIZE) {
      throw new Malformed("disclosure", "the salt is not 16 bytes");
    }
    const length = bytes.lengthOf(json.text(name, "name of a disclosure"));
    if (length < 1 || length > MAX_NAME_LENGTH || name === "_sd" || name === "...") {
      throw new Malformed("disclosure", "a name that no field has");
    }
    const digest = bytes.base64url.encode(bytes.sha256(bytes.toUtf8(encoded)));
    return { encoded: encoded, name: name, value: value, digest: digest };
  }

  /* Null when the disclosures belong to the statement, each once and all required ones among them; else what is wrong. */
  function disclosureFault(statement, disclosures) {
    const found = new Set(disclosures.map((disclosure) => disclosure.digest));
    const names = new Set(disclosures.map((disclosure) => disclosure.name));
    const foreign = disclosures.find((disclosure) => !statement.sd.has(disclosure.digest));
    if (foreign !== undefined) {
      return "the statement does not hold the digest of " + foreign.name;
    }
    if (found.size !== disclosures.length || names.size !== disclosures.length) {
      return "a digest or a name appears twice";
    }
    return statement.required.every((digest) => found.has(digest)) ? null : "a required disclosure is missing";
  }

  /* The record number as printed: 60 bits of a hash in symbols of 5, and the symbol that makes Σ αⁱ·cᵢ = 0 in GF(2⁵). */
  function recordNumber(subject) {
    const uuid = bytes.fromHex(subject.replace(/-/g, ""));
    const digest = bytes.sha256(bytes.toUtf8("legal-ledger/record-no/v1\n"), uuid);
    const bits = Array.from(digest.slice(0, 8)).map((byte) => ("0000000" + byte.toString(2)).slice(-8)).join("");
    const values = [];
    for (let at = 0; at < 60; at += 5) {
      values.push(parseInt(bits.slice(at, at + 5), 2));
    }
    const double = (value) => value & 16 ? value << 1 ^ 0b100101 : value << 1;
    const sum = (all) => all.reduceRight((total, value) => double(total) ^ value, 0);
    for (let check = 0; check < 32; check++) {
      if (sum(values.concat(check)) === 0) {
        values.push(check);
        break;
      }
    }
    const symbols = values.map((value) => SYMBOLS[value]).join("");
    return symbols.slice(0, 4) + "-" + symbols.slice(4, 8) + "-" + symbols.slice(8);
  }

  root.Offline.statement = {
    parseStatement: parseStatement,
    parseTime: time,
    parseDisclosure: parseDisclosure,
    disclosureFault: disclosureFault,
    recordNumber: recordNumber
  };
})(self);
