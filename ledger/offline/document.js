/* The page's language and its elements. Whatever comes from a file is put in as text, never as markup. */
(function (root) {
  "use strict";

  const { texts } = root.Offline;

  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    tick: "m5 12.5 4.5 4.5L19 7.5",
    "tick-clock": "m2.5 11 3.5 3.5L13 7.5M16.5 10.5a5.5 5.5 0 1 0 .01 0M16.5 13.5V16l1.75 1.25",
    clock: "M12 3a9 9 0 1 0 .01 0M12 7v5l3.5 2",
    "up-arrow": "M12 3a9 9 0 1 0 .01 0M12 16.5v-9M8 11.5l4-4 4 4",
    "no-entry": "M12 3a9 9 0 1 0 .01 0M7.5 12h9",
    "not-equal": "M5 9h14M5 15h14M15.5 4.5l-7 15",
    broken: "M7 3.5h7l4 4v3M18 15.5v5H7v-5M14 3.5v4h4M4 12.5l4-1.5 3 2.5 3.5-2.5 3 2.5 3-1",
    warning: "M12 3.5 2.5 20h19zM12 10v4.5M12 17.25v.01",
    "cloud-off": "M7 18.5h9.5M4.5 16A4.5 4.5 0 0 1 7 9.5M9.5 6.7A5.5 5.5 0 0 1 17.3 11a4 4 0 0 1 3 6M3.5 3.5l17 17",
    pencil: "m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19z",
    flask: "M9 3.5h6M10 3.5v6l-5.5 9a1.4 1.4 0 0 0 1.2 2h12.6a1.4 1.4 0 0 0 1.2-2L14 9.5v-6M7.5 15h9",
    cross: "m6.5 6.5 11 11M17.5 6.5l-11 11",
    dash: "M6 12h12"
  };

  let language = "zh";

  /* Words of this page, with {marks} filled in. */
  function say(key, values) {
    return texts[key][language === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (mark, name) => String(values[name]));
  }

  /* A sentence that brings both languages. */
  function word(both) {
    return both[language];
  }

  /* An element with properties and children; a child that is no node becomes text, null is left out. */
  function make(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const name of Object.keys(properties || {})) {
      element.setAttribute(name, properties[name]);
    }
    for (const child of children) {
      if (child !== null) {
        element.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
      }
    }
    return element;
  }

  function icon(name) {
    const drawing = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    drawing.setAttribute("class", "icon");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    drawing.setAttribute("focusable", "false");
    path.setAttribute("d", SHAPES[name] || SHAPES.dash);
    drawing.appendChild(path);
    return drawing;
  }

  function setLanguage(chosen) {
    language = chosen;
    document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
    document.title = say("title") + " – " + say("name");
    document.querySelectorAll("[data-text]").forEach((element) => {
      element.textContent = say(element.dataset.text);
    });
  }

  root.Offline.document = {
    say: say,
    word: word,
    make: make,
    icon: icon,
    setLanguage: setLanguage,
    language: () => language
  };
})(self);
