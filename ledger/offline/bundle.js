/* Bundles: the plainest zip file there is (formats.md, "Bundle"). Whatever two readers could take differently is refused
 * before a member is read: compression, encryption, links, comments, gaps, headers that contradict the directory. */
(function (root) {
  "use strict";

  const { Malformed, bytes, files, json, statement } = root.Offline;

  const FORMAT = "legal-ledger/bundle/v1";
  const MANIFEST = "manifest.json";
  const PROFILES = ["my-case", "evidence", "ledger"];
  const MAX_MEMBERS = 100000;
  const MAX_PATH_LENGTH = 255;
  const MAX_MANIFEST_BYTES = 40 * 1024 * 1024;
  const MAX_DIRECTORY_BYTES = (MAX_MEMBERS + 1) * (46 + MAX_PATH_LENGTH + 32);
  const PATH = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?(?:\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)*$/;
  const MARK_16 = 0xffff, MARK_32 = 0xffffffff;
  const NEWEST_VERSION = 45; // of the zip format, in tenths: the one with wide numbers
  const END_SIZE = 22, LOCATOR_SIZE = 20, WIDE_END_SIZE = 56, ENTRY_SIZE = 46, LOCAL_SIZE = 30;

  function refuse(reason) {
    throw new Malformed("bundle", reason);
  }

  /* Numbers of a header, read one after the other, low byte first. */
  class Fields {
    constructor(data, at) {
      this.data = data;
      this.at = at || 0;
    }

    take(length) {
      if (this.at + length > this.data.length) {
        refuse("cut short");
      }
      this.at += length;
      return this.data.subarray(this.at - length, this.at);
    }

    number(length) {
      const value = this.take(length).reduceRight((high, byte) => high * 256 + byte, 0);
      return Number.isSafeInteger(value) ? value : refuse("a number that no file can have");
    }

    numbers(...lengths) {
      return lengths.map((length) => this.number(length));
    }

    mark(second) {
      const found = this.take(4);
      return found[0] === 0x50 && found[1] === 0x4b && found[2] === second[0] && found[3] === second[1];
    }
  }

  async function fieldsAt(blob, at, length) {
    if (at < 0 || at + length > blob.size) {
      refuse("cut short");
    }
    return new Fields(await files.read(blob.slice(at, at + length), MAX_DIRECTORY_BYTES));
  }

  /* Where the directory lies: {count, offset, length}, which must reach to the end record that named it. */
  async function findDirectory(blob) {
    let end = blob.size - END_SIZE;
    const fields = await fieldsAt(blob, end, END_SIZE);
    if (!fields.mark([5, 6])) {
      refuse("not a zip file that ends with its directory");
    }
    let [disk, start, here, count, length, offset] = fields.numbers(2, 2, 2, 2, 4, 4);
    const comment = fields.number(2);
    if (count === MARK_16 || length === MARK_32 || offset === MARK_32) {
      const locator = await fieldsAt(blob, end - LOCATOR_SIZE, LOCATOR_SIZE);
      const found = locator.mark([6, 7]);
      const [locatorDisk, wideAt, disks] = locator.numbers(4, 8, 4);
      end -= LOCATOR_SIZE + WIDE_END_SIZE;
      const wide = await fieldsAt(blob, end, WIDE_END_SIZE);
      if (!found || locatorDisk !== 0 || disks !== 1 || wideAt !== end || !wide.mark([6, 6]) ||
          wide.number(8) !== WIDE_END_SIZE - 12) {
        refuse("the wide end of the directory is not where it says, or of another form");
      }
      wide.numbers(2, 2);
      [disk, start, here, count, length, offset] = wide.numbers(4, 4, 8, 8, 8, 8);
    }
    if (comment !== 0 || disk !== 0 || start !== 0 || here !== count || count < 1 || count > MAX_MEMBERS + 1 ||
        length > MAX_DIRECTORY_BYTES || offset + length !== end) {
      refuse("the directory is not of a form that is read");
    }
    return { count: count, offset: offset, length: length };
  }

  /* One entry of the directory. Wide sizes stand in a field of kind 1, in the order of the marks that ask for them. */
  function readEntry(fields) {
    if (!fields.mark([1, 2])) {
      refuse("the directory is damaged");
    }
    const [, system, version, , flags, method] = fields.numbers(1, 1, 1, 1, 2, 2);
    fields.numbers(2, 2);
    let [crc, packed, size] = fields.numbers(4, 4, 4);
    const [nameLength, extraLength, commentLength, disk] = fields.numbers(2, 2, 2, 2);
    fields.number(2);
    const attributes = fields.number(4);
    let offset = fields.number(4);
    const name = text(fields.take(nameLength));
    const extra = new Fields(fields.take(extraLength));
    if (extraLength > 0) {
      const [kind, length] = extra.numbers(2, 2);
      if (kind !== 1 || length !== extraLength - 4) {
        refuse(name + " has more fields than its wide sizes");
      }
      size = size === MARK_32 ? extra.number(8) : size;
      packed = packed === MARK_32 ? extra.number(8) : packed;
      offset = offset === MARK_32 ? extra.number(8) : offset;
    }
    const plain = system === 3 && version <= NEWEST_VERSION && attributes >>> 28 === 8;
    if (flags !== 0 || method !== 0 || packed !== size || commentLength !== 0 || disk !== 0 || !plain) {
      refuse(name + " is not a plain file that is stored as it is");
    }
    return { name: name, crc: crc, size: size, offset: offset };
  }

  function text(data) {
    return String.fromCharCode.apply(null, data); // a path of ASCII, or refused below
  }

  /* Where the member's data begin, once its own header at `at` says what the directory says. */
  async function locate(blob, entry, at) {
    const fields = await fieldsAt(blob, at, Math.min(LOCAL_SIZE + entry.name.length + 20, blob.size - at));
    const found = fields.mark([3, 4]);
    fields.number(2);
    const [flags, method] = fields.numbers(2, 2);
    fields.numbers(2, 2);
    let [crc, packed, size] = fields.numbers(4, 4, 4);
    const [nameLength, extraLength] = fields.numbers(2, 2);
    const name = nameLength === entry.name.length ? text(fields.take(nameLength)) : null;
    let plain = extraLength === 0;
    if (extraLength === 20 && name !== null && packed === MARK_32 && size === MARK_32) {
      const [kind, length, wideSize, widePacked] = fields.numbers(2, 2, 8, 8);
      plain = kind === 1 && length === 16;
      [size, packed] = [wideSize, widePacked];
    }
    const same = crc === entry.crc && packed === entry.size && size === entry.size && name === entry.name;
    if (!found || !plain || !same || flags !== 0 || method !== 0 || entry.offset !== at) {
      refuse("the header of " + entry.name + " contradicts the directory");
    }
    return at + LOCAL_SIZE + nameLength + extraLength;
  }

  function checkPaths(paths) {
    const seen = new Set();
    const folders = new Set();
    for (const path of paths) {
      const folded = path.toLowerCase();
      if (path.length > MAX_PATH_LENGTH || !PATH.test(path) || seen.has(folded)) {
        refuse(path.slice(0, 80) + " is no path of a member, or appears twice");
      }
      seen.add(folded);
      for (let at = folded.indexOf("/"); at >= 0; at = folded.indexOf("/", at + 1)) {
        folders.add(folded.slice(0, at));
      }
    }
    if (Array.from(seen).some((path) => folders.has(path))) {
      refuse("a member is the folder of another");
    }
  }

  function parseManifest(data) {
    const members = json.members(
      json.parse(data, MAX_MANIFEST_BYTES), ["format", "profile", "created_at", "members"], "manifest"
    );
    if (!bytes.equal(bytes.toUtf8(json.render(members) + "\n"), data)) {
      refuse("the manifest is not in its canonical form");
    }
    const profile = members.get("profile");
    const listed = members.get("members");
    statement.parseTime(json.text(members.get("created_at"), "created_at"));
    if (members.get("format") !== FORMAT || PROFILES.indexOf(profile) < 0 || !(listed instanceof Map)) {
      refuse("the manifest is of another format or profile");
    }
    for (const [path, entry] of listed) {
      const parts = json.members(entry, ["sha256", "size"], "member " + path);
      json.integer(parts.get("size"), "size", 0);
      if (!/^[0-9a-f]{64}$/.test(json.text(parts.get("sha256"), "sha256"))) {
        refuse("a digest of " + path + " that is none");
      }
    }
    return { profile: profile, createdAt: members.get("created_at"), listed: listed };
  }

  /* Open a bundle: its container and manifest are checked, no other member is read. A member's bytes are believed once
   * their digest was compared, by `readMember` or by whoever hashes its `blob`. Throws Malformed. */
  async function openBundle(blob) {
    const directory = await findDirectory(blob);
    const fields = await fieldsAt(blob, directory.offset, directory.length);
    const places = new Map();
    const entries = [];
    while (entries.length < directory.count) {
      entries.push(readEntry(fields));
    }
    if (fields.at !== directory.length) {
      refuse("the directory has another length than it says");
    }
    checkPaths(entries.map((entry) => entry.name));
    let at = 0;
    for (const entry of entries) {
      const start = await locate(blob, entry, at);
      at = start + entry.size;
      if (at > directory.offset) {
        refuse("a member reaches into the directory");
      }
      places.set(entry.name, { size: entry.size, blob: blob.slice(start, at) });
    }
    if (at !== directory.offset || !places.has(MANIFEST)) {
      refuse("data between the members and the directory, or no " + MANIFEST);
    }
    const manifest = parseManifest(await files.read(places.get(MANIFEST).blob, MAX_MANIFEST_BYTES));
    places.delete(MANIFEST);
    const members = new Map();
    for (const [path, place] of places) {
      const entry = manifest.listed.get(path);
      if (entry === undefined || entry.get("size") !== place.size) {
        refuse(path + " is not in the manifest, or has another size there");
      }
      members.set(path, { path: path, size: place.size, sha256: entry.get("sha256"), blob: place.blob });
    }
    if (members.size !== manifest.listed.size) {
      refuse("a member of the manifest is not in the archive");
    }
    return { profile: manifest.profile, createdAt: manifest.createdAt, members: members };
  }

  async function readMember(member, maxBytes) {
    const data = await files.read(member.blob, maxBytes);
    if (bytes.toHex(bytes.sha256(data)) !== member.sha256) {
      refuse(member.path + " is not what the manifest says");
    }
    return data;
  }

  root.Offline.bundle = { openBundle: openBundle, readMember: readMember };
})(self);
