/* Formats of C2SP: signed notes, verifier keys, checkpoints (tlog-checkpoint) and proof files (tlog-proof@v1). */
(function (root) {
  "use strict";

  const { Malformed, bytes, natural } = root.Offline;

  const MAX_NOTE_BYTES = 512 * 1024;
  const MAX_PROOF_BYTES = MAX_NOTE_BYTES + 16 * 1024;
  const MAX_SIGNATURES = 64;
  const MAX_ORIGIN_LENGTH = 255;
  const MAX_HASHES = 63;
  const MAX_EXTRA_BYTES = 8 * 1024;
  const MAX_SIZE = "1" + "0".repeat(62);
  const HASH_SIZE = 32;
  const KEY_ID_SIZE = 4;
  const ED25519 = 1;

  const CONTROL = /[\x00-\x09\x0b-\x1f]/;
  /* What Unicode calls white space, spelt out: \s also takes U+FEFF and leaves out U+0085. */
  const NOT_A_NAME = /[+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
  const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;

  function keyName(name) {
    if (name === "" || NOT_A_NAME.test(name)) {
      throw new Malformed("key name", "empty, or with a space, a + or a control character");
    }
    return name;
  }

  function decimal(text, what) {
    if (!DECIMAL.test(text)) {
      throw new Malformed(what, "not a decimal number without leading zeros");
    }
    return natural.fromDecimal(text);
  }

  function hash(line, what) {
    const value = bytes.base64.decode(line);
    if (value.length !== HASH_SIZE) {
      throw new Malformed(what, "not a hash of 32 bytes");
    }
    return value;
  }

  /* Take a note apart. The text means nothing until a signature was verified. */
  function parseNote(note) {
    if (bytes.toUtf8(note).length > MAX_NOTE_BYTES) {
      throw new Malformed("note", "too long");
    }
    const blank = note.lastIndexOf("\n\n");
    const text = note.slice(0, blank + 1);
    const lines = note.slice(blank + 2).split("\n");
    if (blank < 0 || CONTROL.test(text) || lines.pop() !== "" || lines.length === 0 || lines.length > MAX_SIGNATURES) {
      throw new Malformed("note", "not a text, an empty line and 1 to " + MAX_SIGNATURES + " signature lines");
    }
    return { text: text, signatures: lines.map(parseSignature) };
  }

  function parseSignature(line) {
    const found = /^\u2014 ([^ ]*) ([^ ]*)$/.exec(line);
    if (found === null) {
      throw new Malformed("note", "a signature line is not a dash, a name and base64");
    }
    const data = bytes.base64.decode(found[2]);
    if (data.length <= KEY_ID_SIZE) {
      throw new Malformed("note", "a signature line holds no signature");
    }
    return {
      name: keyName(found[1]),
      keyId: bytes.toHex(data.slice(0, KEY_ID_SIZE)),
      signature: data.slice(KEY_ID_SIZE)
    };
  }

  /* A verifier key: `<name>+<key id>+<base64 of 0x01 and the 32 bytes of an Ed25519 key>`. */
  function parseKey(text) {
    const found = /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text);
    if (found === null) {
      throw new Malformed("verifier key", "not a name, a key id and a key");
    }
    const name = keyName(found[1]);
    const material = bytes.base64.decode(found[3]);
    if (material[0] !== ED25519 || material.length !== 33) {
      throw new Malformed("verifier key", "not an Ed25519 key of 32 bytes");
    }
    const keyId = bytes.toHex(bytes.sha256(bytes.toUtf8(name + "\n"), material).slice(0, KEY_ID_SIZE));
    if (keyId !== found[2]) {
      throw new Malformed("verifier key", "the key id is not " + keyId);
    }
    return { name: name, keyId: keyId, publicKey: material.slice(1) };
  }

  function parseCheckpoint(text) {
    const lines = text.split("\n");
    if (lines.length !== 4 || lines[3] !== "") {
      throw new Malformed("checkpoint", "not exactly three lines");
    }
    const origin = lines[0];
    const size = decimal(lines[1], "checkpoint size");
    const rootHash = hash(lines[2], "checkpoint root");
    if (origin === "" || bytes.lengthOf(origin) > MAX_ORIGIN_LENGTH || CONTROL.test(origin)) {
      throw new Malformed("checkpoint origin", "not one line of 1 to " + MAX_ORIGIN_LENGTH + " characters");
    }
    if (natural.compare(size, MAX_SIZE) > 0) {
      throw new Malformed("checkpoint size", "more than 2^62");
    }
    if (size === "" && !bytes.equal(rootHash, bytes.sha256())) {
      throw new Malformed("checkpoint root", "not that of the empty tree");
    }
    return { origin: origin, size: size, root: rootHash };
  }

  function parseProof(text) {
    if (bytes.toUtf8(text).length > MAX_PROOF_BYTES) {
      throw new Malformed("proof", "too long");
    }
    const blank = text.indexOf("\n\n");
    const lines = text.slice(0, blank).split("\n");
    if (blank < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") {
      throw new Malformed("proof", "no header, or no empty line");
    }
    let extra = null;
    if (lines.length > 0 && lines[0].startsWith("extra ")) {
      extra = bytes.base64.decode(lines.shift().slice("extra ".length));
      if (extra.length < 1 || extra.length > MAX_EXTRA_BYTES) {
        throw new Malformed("proof extra", "not 1 to " + MAX_EXTRA_BYTES + " bytes");
      }
    }
    if (lines.length === 0 || !lines[0].startsWith("index ")) {
      throw new Malformed("proof", "no index line");
    }
    const index = decimal(lines.shift().slice("index ".length), "proof index");
    if (natural.compare(index, MAX_SIZE) >= 0 || lines.length > MAX_HASHES) {
      throw new Malformed("proof", "an index of no tree, or more than " + MAX_HASHES + " hashes");
    }
    const note = text.slice(blank + 2);
    const parsed = parseNote(note);
    return {
      index: index,
      hashes: lines.map((line) => hash(line, "proof")),
      extra: extra,
      note: note,
      noteText: parsed.text,
      signatures: parsed.signatures,
      checkpoint: parseCheckpoint(parsed.text)
    };
  }

  root.Offline.note = {
    MAX_ORIGIN_LENGTH: MAX_ORIGIN_LENGTH,
    parseNote: parseNote,
    parseKey: parseKey,
    parseCheckpoint: parseCheckpoint,
    parseProof: parseProof
  };
})(self);
