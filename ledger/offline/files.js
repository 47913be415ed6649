/* Files of this device: read whole when small, hashed in slices whatever their size. Nothing here leaves the device. */
(function (root) {
  "use strict";

  const { Malformed } = root.Offline;

  const SLICE = 4 * 1024 * 1024;

  /* The bytes of a Blob. Blob.arrayBuffer is younger than FileReader, which Node in turn does not have. */
  function readAll(blob) {
    if (typeof FileReader !== "function") {
      return blob.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    }
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(new Uint8Array(reader.result));
      reader.onerror = () => reject(new Malformed("file", "it can no longer be read; choose it again"));
      reader.readAsArrayBuffer(blob);
    });
  }

  async function read(blob, maxBytes) {
    if (blob.size > maxBytes) {
      throw new Malformed("file", blob.size + " bytes, at most " + maxBytes + " are read");
    }
    const data = await readAll(blob);
    if (data.length !== blob.size) {
      throw new Malformed("file", "it was cut short while it was read");
    }
    return data;
  }

  /* Hand a Blob's bytes to `take`, slice by slice. Between two slices the page can answer its user. */
  async function eachSlice(blob, take) {
    for (let start = 0; start < blob.size; start += SLICE) {
      const part = blob.slice(start, Math.min(start + SLICE, blob.size));
      take(await read(part, SLICE));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /* The SHA-256 of a Blob in lower-case hex. `tell` hears how many bytes are done, after each slice. */
  async function digest(blob, tell) {
    const hash = new root.Sha256();
    await eachSlice(blob, (data) => {
      hash.update(data);
      tell(hash.length);
    });
    return hash.hex();
  }

  root.Offline.files = { read: read, eachSlice: eachSlice, digest: digest };
})(self);
