/* Natural numbers of any size, written as their binary digits without leading zeros; "" is 0.
 *
 * Sizes of logs go to 2^62 and a node may answer with any 256 bits, while a JavaScript number is exact to 2^53 only, and
 * BigInt is younger than the browsers that this page is meant for. The tree's arithmetic is all about bits anyway. */
(function (root) {
  "use strict";

  const strip = (bits) => bits.replace(/^0+/, "");

  function fromNumber(number) {
    return strip(number.toString(2));
  }

  function fromHex(digits) {
    return strip(Array.from(digits).map((digit) => ("000" + parseInt(digit, 16).toString(2)).slice(-4)).join(""));
  }

  /* Decimal digits are halved until nothing is left; the remainders are the bits, lowest first. */
  function fromDecimal(text) {
    let digits = Array.from(text).map(Number);
    let bits = "";
    while (digits.length > 0) {
      const half = [];
      let rest = 0;
      for (const digit of digits) {
        const value = rest * 10 + digit;
        rest = value & 1;
        if (half.length > 0 || value > 1) {
          half.push(value >> 1);
        }
      }
      bits = rest + bits;
      digits = half;
    }
    return strip(bits);
  }

  function toDecimal(bits) {
    const digits = [0];
    for (const bit of bits) {
      let carry = Number(bit);
      for (let place = 0; place < digits.length; place++) {
        const value = digits[place] * 2 + carry;
        digits[place] = value % 10;
        carry = value > 9 ? 1 : 0;
      }
      if (carry) {
        digits.push(carry);
      }
    }
    return digits.reverse().join("");
  }

  /* Negative, zero or positive, as `first` is below, at or above `second`. */
  function compare(first, second) {
    if (first.length !== second.length) {
      return first.length - second.length;
    }
    return first < second ? -1 : first > second ? 1 : 0;
  }

  /* One less; the number is at least 1. */
  function predecessor(bits) {
    const last = bits.lastIndexOf("1");
    return strip(bits.slice(0, last) + "0" + "1".repeat(bits.length - last - 1));
  }

  root.Offline.natural = {
    fromNumber: fromNumber,
    fromHex: fromHex,
    fromDecimal: fromDecimal,
    toDecimal: toDecimal,
    /* A number where it is exact, else decimal digits. */
    toFact: (bits) => bits.length <= 53 ? parseInt(bits || "0", 2) : toDecimal(bits),
    compare: compare,
    predecessor: predecessor,
    isOdd: (bits) => bits.slice(-1) === "1",
    half: (bits) => bits.slice(0, -1)
  };
})(self);
