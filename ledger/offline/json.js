/* Strict JSON (formats.md: RFC 7493, integers only) in, canonical JSON (RFC 8785) out.
 *
 * JSON.parse takes the last of two members of one name, rounds large integers and lets fractions pass, so it cannot be
 * used on anything that is hashed or signed. Objects are Maps here: a member called __proto__ is a member. */
(function (root) {
  "use strict";

  const { Malformed, bytes } = root.Offline;

  const MAX_DEPTH = 64;
  const MAX_DIGITS = 17;
  const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
  const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;
  const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
  const WORDS = [["null", null], ["true", true], ["false", false]];

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
    }

    refuse(reason) {
      throw new Malformed("JSON", reason + " at character " + this.at);
    }

    skipSpace() {
      while (" \t\n\r".indexOf(this.text.charAt(this.at) || "x") >= 0) {
        this.at += 1;
      }
    }

    take(sign) {
      if (this.text[this.at] !== sign) {
        this.refuse("expected " + sign);
      }
      this.at += 1;
    }

    value(depth) {
      this.skipSpace();
      const sign = this.text[this.at];
      if (sign === "{" || sign === "[") {
        if (depth === MAX_DEPTH) {
          this.refuse("more than " + MAX_DEPTH + " levels");
        }
        return sign === "{" ? this.object(depth + 1) : this.array(depth + 1);
      }
      if (sign === '"') {
        return this.string();
      }
      for (const [word, meaning] of WORDS) {
        if (this.text.startsWith(word, this.at)) {
          this.at += word.length;
          return meaning;
        }
      }
      return this.integer();
    }

    object(depth) {
      const members = new Map();
      this.elements("}", () => {
        this.skipSpace();
        const name = this.string();
        if (members.has(name)) {
          this.refuse("a member appears twice");
        }
        this.skipSpace();
        this.take(":");
        members.set(name, this.value(depth));
      });
      return members;
    }

    array(depth) {
      const values = [];
      this.elements("]", () => values.push(this.value(depth)));
      return values;
    }

    /* What stands between two brackets: nothing, or elements with a comma between each two. */
    elements(end, readOne) {
      this.at += 1;
      this.skipSpace();
      if (this.text[this.at] === end) {
        this.at += 1;
        return;
      }
      for (;;) {
        readOne();
        this.skipSpace();
        if (this.text[this.at] === end) {
          this.at += 1;
          return;
        }
        this.take(",");
      }
    }

    string() {
      this.take('"');
      const parts = [];
      let escaped = false;
      let start = this.at;
      for (;;) {
        const sign = this.text[this.at];
        if (sign === undefined || sign < " ") {
          this.refuse("a string does not end, or holds a control character");
        }
        if (sign === '"' || sign === "\\") {
          parts.push(this.text.slice(start, this.at));
          this.at += 1;
          if (sign === '"') {
            break;
          }
          parts.push(this.escape());
          escaped = true;
          start = this.at;
        } else {
          this.at += 1;
        }
      }
      const text = parts.join("");
      if (escaped && LONE_SURROGATE.test(text)) {
        this.refuse("a lone surrogate");
      }
      return text;
    }

    escape() {
      const sign = this.text.charAt(this.at);
      this.at += 1;
      if (sign === "u") {
        const digits = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
          this.refuse("\\u without four hexadecimal digits");
        }
        this.at += 4;
        return String.fromCharCode(parseInt(digits, 16));
      }
      if (sign === "" || !ESCAPES.hasOwnProperty(sign)) {
        this.refuse("an unknown escape");
      }
      return ESCAPES[sign];
    }

    integer() {
      NUMBER.lastIndex = this.at;
      const found = NUMBER.exec(this.text);
      if (found === null) {
        this.refuse("no value");
      }
      const [digits, fraction, exponent] = found;
      const number = Number(digits);
      if (fraction || exponent || digits.length > MAX_DIGITS || digits === "-0" || !Number.isSafeInteger(number)) {
        this.refuse("not an integer within 2^53 - 1 of 0");
      }
      this.at += digits.length;
      return number;
    }
  }

  /* Read one JSON text of at most `maxBytes` bytes. Throws Malformed. */
  function parse(data, maxBytes) {
    if (data.length > maxBytes) {
      throw new Malformed("JSON", data.length + " bytes, at most " + maxBytes + " are read");
    }
    const reader = new Reader(bytes.fromUtf8(data));
    const value = reader.value(0); // a byte order mark is no value
    reader.skipSpace();
    if (reader.at !== reader.text.length) {
      reader.refuse("something follows the value");
    }
    return value;
  }

  /* Render what `parse` returns; a Map's members are sorted by UTF-16 code units, as sort() does. */
  function render(value) {
    if (value instanceof Map) {
      const names = Array.from(value.keys()).sort();
      return "{" + names.map((name) => quote(name) + ":" + render(value.get(name))).join(",") + "}";
    }
    if (Array.isArray(value)) {
      return "[" + value.map(render).join(",") + "]";
    }
    return typeof value === "string" ? quote(value) : String(value);
  }

  function quote(text) {
    // For text without lone surrogates JSON.stringify writes what RFC 8785 §3.2.2.2 asks for.
    return JSON.stringify(text);
  }

  /* A Map with exactly these members, or Malformed. */
  function members(value, names, what) {
    if (!(value instanceof Map) || value.size !== names.length || !names.every((name) => value.has(name))) {
      throw new Malformed(what, "not an object with exactly the members " + names.join(", "));
    }
    return value;
  }

  function text(value, what) {
    if (typeof value !== "string") {
      throw new Malformed(what, "not text");
    }
    return value;
  }

  function integer(value, what, least) {
    if (typeof value !== "number" || value < least) {
      throw new Malformed(what, "not an integer from " + least);
    }
    return value;
  }

  function array(value, what) {
    if (!Array.isArray(value)) {
      throw new Malformed(what, "not an array");
    }
    return value;
  }

  root.Offline.json = {
    parse: parse, render: render, members: members, text: text, integer: integer, array: array
  };
})(self);
