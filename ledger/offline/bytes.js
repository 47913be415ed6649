/* Bytes and text, each read in one way only: UTF-8, hexadecimal, base64, and what is thrown when they are not.
 *
 * Every file of this folder adds one object to `Offline`; `__init__.py` lists them in order. Syntax: ES2017. */
(function (root) {
  "use strict";

  const Offline = root.Offline = {};

  /* The input is not of the format it claims. Says nothing about truth. */
  class Malformed extends Error {
    constructor(what, reason) {
      super(what + ": " + reason);
      this.name = "Malformed";
    }
  }

  /* Something could not be reached or could not answer. Nothing is known about the record. */
  class Unavailable extends Error {
    constructor(what, reason) {
      super(what + ": " + reason);
      this.name = "Unavailable";
    }
  }

  const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const URL_SAFE = STANDARD.slice(0, 62) + "-_";

  function fromUtf8(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw new Malformed("text", "not UTF-8");
    }
  }

  function toUtf8(text) {
    return new TextEncoder().encode(text);
  }

  function toHex(bytes) {
    let text = "";
    for (const byte of bytes) {
      text += (byte < 16 ? "0" : "") + byte.toString(16);
    }
    return text;
  }

  /* Whole bytes of hexadecimal digits in either case, without a prefix. */
  function fromHex(text) {
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) {
      throw new Malformed("hexadecimal", "not whole bytes of hexadecimal digits");
    }
    const bytes = new Uint8Array(text.length / 2);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
    }
    return bytes;
  }

  /* Base64 (RFC 4648 §4, §5). Text that is not exactly what `encode` writes for its bytes is refused: bits left over in
   * the last symbol, missing or surplus padding, white space, symbols of the other alphabet. */
  function base64(alphabet, padded) {
    const values = new Map(Array.from(alphabet).map((symbol, value) => [symbol, value]));

    function encode(bytes) {
      const parts = [];
      for (let at = 0; at < bytes.length; at += 3) {
        const left = bytes.length - at;
        const group = bytes[at] << 16 | (left > 1 ? bytes[at + 1] << 8 : 0) | (left > 2 ? bytes[at + 2] : 0);
        parts.push(
          alphabet[group >> 18],
          alphabet[group >> 12 & 63],
          left > 1 ? alphabet[group >> 6 & 63] : padded ? "=" : "",
          left > 2 ? alphabet[group & 63] : padded ? "=" : ""
        );
      }
      return parts.join("");
    }

    function decode(text) {
      const symbols = padded ? text.replace(/={1,2}$/, "") : text;
      const bytes = new Uint8Array(Math.floor(symbols.length * 3 / 4));
      let bits = 0, held = 0, at = 0;
      for (let place = 0; place < symbols.length; place++) {
        const value = values.get(symbols[place]);
        if (value === undefined) {
          throw new Malformed("base64", "a symbol of no base64");
        }
        bits = (bits << 6 | value) & 0xffff;
        held += 6;
        if (held >= 8) {
          held -= 8;
          bytes[at++] = bits >> held & 0xff;
        }
      }
      if (encode(bytes) !== text) {
        throw new Malformed("base64", "not in its canonical form");
      }
      return bytes;
    }

    return { encode: encode, decode: decode };
  }

  function concat(parts) {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  function equal(first, second) {
    return first.length === second.length && first.every((byte, at) => byte === second[at]);
  }

  function sha256(...parts) {
    const hash = new root.Sha256();
    for (const part of parts) {
      hash.update(part);
    }
    return fromHex(hash.hex());
  }

  /* Characters, not UTF-16 units: bounds in the formats count what people count. */
  function lengthOf(text) {
    return Array.from(text).length;
  }

  Offline.Malformed = Malformed;
  Offline.Unavailable = Unavailable;
  Offline.bytes = {
    fromUtf8: fromUtf8,
    toUtf8: toUtf8,
    fromHex: fromHex,
    toHex: toHex,
    base64: base64(STANDARD, true),
    base64url: base64(URL_SAFE, false),
    concat: concat,
    equal: equal,
    sha256: sha256,
    lengthOf: lengthOf
  };
})(self);
