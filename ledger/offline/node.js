/* What a JSON-RPC node says. Bounded, strict, asked once: whatever is not a clear answer is Unavailable, never a value. */
(function (root) {
  "use strict";

  const { Unavailable, bytes, json, natural } = root.Offline;

  const TIMEOUT = 10000;
  const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
  const METHOD_NOT_FOUND = -32601;
  const INVALID_PARAMS = -32602;

  /* The node's own error answer: it is reachable and refuses. */
  class Refusal extends Error {
    constructor(method, code) {
      super(method + ": refused with code " + code);
      this.code = code;
    }
  }

  /* A function that posts a JSON text to `url` and gives the bytes of the answer, which must be whole after `timeout`
   * milliseconds. */
  function overHttp(url, timeout = TIMEOUT) {
    return function post(text) {
      const late = typeof AbortController === "function" ? new AbortController() : null;
      let timer = 0;
      const expired = new Promise((resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Unavailable("node", "no whole answer in " + timeout / 1000 + " s"));
          if (late) {
            late.abort();
          }
        }, timeout);
      });
      const stop = () => clearTimeout(timer);
      const answered = fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: text,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: late ? late.signal : undefined
      }).then(read, () => {
        throw new Unavailable("node", "could not be reached");
      });
      return Promise.race([answered, expired]).then((data) => {
        stop();
        return data;
      }, (error) => {
        stop();
        throw error;
      });
    };
  }

  async function read(response) {
    if (response.status !== 200) {
      throw new Unavailable("node", "HTTP status " + response.status);
    }
    if (!response.body) { // streams are younger than fetch in some browsers
      return new Uint8Array(await response.arrayBuffer());
    }
    const reader = response.body.getReader();
    const parts = [];
    let length = 0;
    for (;;) {
      const part = await reader.read().catch(() => {
        throw new Unavailable("node", "the answer was cut");
      });
      if (part.done) {
        return bytes.concat(parts);
      }
      length += part.value.length;
      if (length > MAX_ANSWER_BYTES) {
        reader.cancel().catch(() => {});
        throw new Unavailable("node", "an answer of more than " + MAX_ANSWER_BYTES + " bytes");
      }
      parts.push(part.value);
    }
  }

  /* A node behind `post`. Methods promise a checked value, or throw Unavailable. */
  class Node {
    constructor(post) {
      this.post = post;
      this.asked = 0;
    }

    /* The result of a call; throws Refusal for an error answer. */
    async call(method, params) {
      const id = this.asked++;
      const question = JSON.stringify({ jsonrpc: "2.0", id: id, method: method, params: params });
      const data = await this.post(question);
      let answer;
      try {
        answer = json.parse(data, MAX_ANSWER_BYTES);
      } catch (error) {
        throw new Unavailable("node", "the answer is not JSON");
      }
      if (!(answer instanceof Map) || answer.get("jsonrpc") !== "2.0" || answer.get("id") !== id) {
        throw new Unavailable("node", "the answer is not JSON-RPC 2.0, or to another question");
      }
      const error = answer.get("error");
      if (error !== undefined && error !== null) {
        const clear = error instanceof Map && typeof error.get("code") === "number" &&
          typeof error.get("message") === "string";
        throw clear ? new Refusal(method, error.get("code")) : new Unavailable("node", "an error without a code");
      }
      if (!answer.has("result")) {
        throw new Unavailable("node", "neither result nor error");
      }
      return answer.get("result");
    }

    /* As `call`, for questions that a healthy node does not refuse. */
    async ask(method, params) {
      try {
        return await this.call(method, params);
      } catch (error) {
        throw error instanceof Refusal ? new Unavailable("node", error.message) : error;
      }
    }

    async chainId() {
      return quantity(await this.ask("eth_chainId", []));
    }

    async headNumber() {
      return quantity(await this.ask("eth_blockNumber", []));
    }

    async isSyncing() {
      return (await this.ask("eth_syncing", [])) !== false;
    }

    async code(address) {
      return dataOf(await this.ask("eth_getCode", [address, "latest"]));
    }

    async genesisHash() {
      const block = blockOf(await this.ask("eth_getBlockByNumber", ["0x0", false]));
      if (block.number !== "") {
        throw new Unavailable("node", "another block than block 0");
      }
      return block.hash;
    }

    /* The newest block that the node calls finalized, or null while the tag leads nowhere: null or an error. */
    async finalizedNumber() {
      let answer;
      try {
        answer = await this.call("eth_getBlockByNumber", ["finalized", false]);
      } catch (error) {
        if (!(error instanceof Refusal)) {
          throw error;
        }
        if (error.code === METHOD_NOT_FOUND || error.code === INVALID_PARAMS) {
          throw new Unavailable("node", "does not know the tag");
        }
        return null;
      }
      return answer === null ? null : blockOf(answer).number;
    }

    async run(address, data) {
      return dataOf(await this.ask("eth_call", [{ to: address, data: data }, "latest"]));
    }
  }

  function quantity(value) {
    if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
      throw new Unavailable("node", "not a quantity");
    }
    return natural.fromHex(value.slice(2));
  }

  function dataOf(value) {
    if (typeof value !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value)) {
      throw new Unavailable("node", "not data");
    }
    return bytes.fromHex(value.slice(2));
  }

  function hashOf(value) {
    const data = dataOf(value);
    if (data.length !== 32) {
      throw new Unavailable("node", "not a hash");
    }
    return "0x" + bytes.toHex(data);
  }

  function blockOf(value) {
    if (!(value instanceof Map) || !Array.isArray(value.get("transactions"))) {
      throw new Unavailable("node", "not a block");
    }
    const block = { number: quantity(value.get("number")), hash: hashOf(value.get("hash")) };
    quantity(value.get("timestamp"));
    hashOf(value.get("stateRoot"));
    value.get("transactions").forEach(hashOf);
    if (value.has("baseFeePerGas") && value.get("baseFeePerGas") !== null) {
      quantity(value.get("baseFeePerGas"));
    }
    return block;
  }

  root.Offline.node = { Node: Node, overHttp: overHttp };
})(self);
