/* The receipt inside a certificate: a PDF with the receipt attached as an embedded file (ISO 32000-1, 7.11.4).
 *
 * No PDF is rendered here and no reference is followed but that of a length. The streams that call themselves embedded
 * files are unpacked, and those that claim to be receipts are returned; what they prove they prove by themselves. */
(function (root) {
  "use strict";

  const { Malformed, bytes, receipt } = root.Offline;

  const MAX_CERTIFICATE_BYTES = 64 * 1024 * 1024;
  const MAX_STREAMS = 64;
  const MAX_DICTIONARY = 4096;
  const NAME = "/EmbeddedFile";
  const START = '{"anchors":'; // of every receipt: it is canonical JSON

  function isCertificate(head) {
    return head[0] === 0x25 && head[1] === 0x50 && head[2] === 0x44 && head[3] === 0x46;
  }

  /* One character per byte, in pieces that fit on the stack. */
  function asLatin1(data) {
    const parts = [];
    for (let at = 0; at < data.length; at += 0x8000) {
      parts.push(String.fromCharCode.apply(null, data.subarray(at, at + 0x8000)));
    }
    return parts.join("");
  }

  function lengthOf(pdf, dictionary) {
    const found = /\/Length\s+(\d{1,9})(\s+\d+\s+R)?/.exec(dictionary);
    if (found === null) {
      throw new Malformed("certificate", "an attachment without a length");
    }
    if (!found[2]) {
      return Number(found[1]);
    }
    const named = new RegExp("(?:^|[^0-9])" + found[1] + "\\s{1,9}\\d{1,9}\\s{1,9}obj\\s{1,9}(\\d{1,9})\\s{1,9}endobj").exec(pdf);
    if (named === null) {
      throw new Malformed("certificate", "the length of an attachment cannot be found");
    }
    return Number(named[1]);
  }

  /* Unpack a zlib stream, but never more than a receipt may have. */
  async function inflate(data) {
    if (typeof DecompressionStream !== "function") {
      throw new Malformed("certificate", "this browser cannot unpack it; choose the receipt itself");
    }
    const packed = new DecompressionStream("deflate");
    const writer = packed.writable.getWriter();
    const written = writer.write(data).then(() => writer.close());
    written.catch(() => {}); // reading fails with it
    const reader = packed.readable.getReader();
    const parts = [];
    let length = 0;
    for (;;) {
      const part = await reader.read().catch(() => {
        throw new Malformed("certificate", "an attachment cannot be unpacked");
      });
      if (part.done) {
        return bytes.concat(parts);
      }
      length += part.value.length;
      if (length > receipt.MAX_RECEIPT_BYTES) {
        reader.cancel().catch(() => {});
        throw new Malformed("certificate", "an attachment is larger than any receipt");
      }
      parts.push(part.value);
    }
  }

  /* The dictionary around `at` and where its stream begins, or null when no stream follows. */
  function streamAround(pdf, at) {
    const before = pdf.slice(Math.max(0, at - MAX_DICTIONARY), at);
    const after = /^([^]*?)stream\r?\n/.exec(pdf.slice(at, at + MAX_DICTIONARY));
    if (after === null || after[1].indexOf("endobj") >= 0) {
      return null;
    }
    const dictionary = before.slice(before.lastIndexOf("obj") + "obj".length) + after[1];
    return { dictionary: dictionary, start: at + after[0].length };
  }

  /* The stream's bytes, unpacked; null when they are packed in a way that is not known here. */
  async function contentOf(pdf, data, stream) {
    const end = stream.start + lengthOf(pdf, stream.dictionary);
    if (!/^\s*endstream/.test(pdf.slice(end, end + 20))) {
      throw new Malformed("certificate", "an attachment does not end where it says");
    }
    const packed = data.subarray(stream.start, end);
    const filter = /\/Filter\s*\[?\s*\/([A-Za-z0-9]+)/.exec(stream.dictionary);
    if (filter === null) {
      return packed;
    }
    return filter[1] === "FlateDecode" ? await inflate(packed) : null;
  }

  /* The bytes of every receipt that is attached, whole or damaged. Throws Malformed when there is none. */
  async function attachedReceipts(data) {
    const pdf = asLatin1(data);
    const found = [];
    let streams = 0;
    for (let at = pdf.indexOf(NAME); at >= 0; at = pdf.indexOf(NAME, at + NAME.length)) {
      const stream = streamAround(pdf, at);
      if (stream === null || !/\/Type\s*\/EmbeddedFile\b/.test(stream.dictionary)) {
        continue;
      }
      if (++streams > MAX_STREAMS) {
        throw new Malformed("certificate", "more than " + MAX_STREAMS + " attachments");
      }
      const content = await contentOf(pdf, data, stream);
      if (content !== null && asLatin1(content.subarray(0, START.length)) === START) {
        found.push(content);
      }
    }
    if (found.length === 0) {
      throw new Malformed("certificate", "no receipt is attached to this PDF");
    }
    return found;
  }

  root.Offline.certificate = {
    MAX_CERTIFICATE_BYTES: MAX_CERTIFICATE_BYTES,
    isCertificate: isCertificate,
    attachedReceipts: attachedReceipts
  };
})(self);
