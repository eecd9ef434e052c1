"use strict";
(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const root = document.documentElement;
  const text = (key, values = {}) =>
    (words[root.lang] || words[Object.keys(words)[0]])[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  root.classList.add("js");

  // Languages: the page has every text in all languages, and the style sheet shows one language.
  const onLanguage = [];
  const setLanguage = (language) => {
    root.lang = language;
    for (const button of document.querySelectorAll(".langs button")) {
      button.setAttribute("aria-pressed", String(button.lang === language));
    }
    onLanguage.forEach((update) => update());
  };
  for (const button of document.querySelectorAll(".langs button")) {
    button.addEventListener("click", () => setLanguage(button.lang));
  }

  // Tables: a click on a heading sorts the rows, and a field searches them.
  const shownText = (cell) => {
    const translated = cell.querySelector(`[lang="${root.lang}"]`);
    return (translated || cell).textContent.trim();
  };
  const byColumn = (column, falling) => {
    const collator = new Intl.Collator(root.lang, { numeric: true });
    const key = (row) => {
      const shown = shownText(row.cells[column]);
      const ordered = row.cells[column].querySelector("[data-order]"); // bands have an order of their own
      const number = Number(ordered ? ordered.dataset.order : shown.replace(/[ %,*]/g, ""));
      return { row, shown, number: shown === "" || shown === "–" ? null : number };
    };
    return (rows) =>
      rows
        .map(key)
        .sort((a, b) => {
          if (a.number === null || b.number === null) return (a.number === null) - (b.number === null);
          const order = isNaN(a.number) || isNaN(b.number) ? collator.compare(a.shown, b.shown) : a.number - b.number;
          return falling ? -order : order;
        })
        .map((entry) => entry.row);
  };
  const sortable = (table) => {
    if (table.id === "t-what-if" || table.classList.contains("tree")) return;
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const first = table.tBodies[0].rows[0];
      if (!first || !heading.textContent || (first.cells[column] && first.cells[column].querySelector("svg"))) return;
      const button = document.createElement("button");
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const falling = heading.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
        table.tBodies[0].append(...byColumn(column, falling)([...table.tBodies[0].rows]));
      });
    });
  };
  const searchable = (holder, rows) => {
    if (rows.length < 8) return;
    const field = document.createElement("input");
    const count = document.createElement("span");
    const bar = document.createElement("div");
    field.type = "search";
    count.setAttribute("role", "status");
    bar.className = "search";
    bar.append(field, " ", count);
    holder.before(bar);
    const texts = rows.map((row) => row.textContent.toLocaleLowerCase());
    const find = () => {
      const query = field.value.trim().toLocaleLowerCase();
      let shown = 0;
      rows.forEach((row, place) => {
        row.hidden = !texts[place].includes(query);
        shown += !row.hidden;
      });
      count.textContent = query ? text("rows_shown", { shown, n: rows.length }) : "";
    };
    field.addEventListener("input", find);
    onLanguage.push(() => {
      field.placeholder = text("search");
      field.setAttribute("aria-label", text("search"));
      find();
    });
  };
  for (const table of document.querySelectorAll("table")) sortable(table);
  for (const holder of document.querySelectorAll("[data-search]")) {
    const table = holder.tagName === "TABLE";
    searchable(table ? holder.closest(".scroll") : holder, [...(table ? holder.tBodies[0].rows : holder.children)]);
  }

  // Sliders: scores and ranks with other weights, as the engine computes them.
  const holder = document.getElementById("model");
  if (holder) {
    const model = JSON.parse(holder.textContent);
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    const means = {
      arithmetic: (z, w) => sum(z.map((value, j) => w[j] * value)),
      geometric: (z, w) => Math.exp(sum(z.map((value, j) => w[j] * Math.log(value)))),
      harmonic: (z, w) => 1 / sum(z.map((value, j) => w[j] / value)),
      min: (z) => Math.min(...z),
      max: (z) => Math.max(...z),
    };
    // Round half up, as in the engine; the small number offsets the binary representation of decimals.
    const rounded = (value) => {
      if (model.decimals === null || value === null) return value;
      const scale = 10 ** model.decimals;
      return Math.floor(value * scale + (0.5 + 1e-9)) / scale;
    };
    // Weights that are not scaled have a sum of their own.
    const printed = (share) => ("total" in model ? share * model.total : share);
    const scoreOf = (values, weights, mean) => {
      const present = values.map((value, j) => (value === null ? -1 : j)).filter((j) => j >= 0);
      const { policy, share, count } = model.missing;
      const enough =
        policy === "propagate" || policy === "refuse"
          ? present.length === values.length
          : present.length / values.length >= share && present.length >= count;
      const total = sum(present.map((j) => weights[j]));
      if (!enough || !(total > 0)) return null;
      const whole = present.length === values.length ? 1 : total;
      return means[mean](present.map((j) => values[j]), present.map((j) => printed(weights[j] / whole)));
    };
    // Adjacent scores in the order are equal if they differ only by rounding noise.
    const rank = (scores, mean) => {
      const scored = scores.map((_, at) => at).filter((at) => scores[at] !== null);
      const size = Math.max(0, ...scored.map((at) => Math.abs(scores[at])));
      const logarithm = model.positive.includes(mean) && scored.every((at) => scores[at] > 0);
      const value = (at) => (logarithm ? Math.log(scores[at]) : scores[at]);
      const tolerance = 1e-12 * (logarithm ? 1 : size);
      const sign = model.lowestFirst ? -1 : 1;
      const ordered = scored.sort((a, b) => sign * (value(b) - value(a)));
      const groups = [];
      ordered.forEach((at, place) => {
        if (place && sign * (value(ordered[place - 1]) - value(at)) <= tolerance) groups[groups.length - 1].push(at);
        else groups.push([at]);
      });
      const ranks = scores.map(() => null);
      let before = 0;
      groups
        .map((group) => group.filter((at) => model.ranked[at]))
        .filter((group) => group.length)
        .forEach((group, place) => {
          const n = group.length;
          const ranksOfTies = { min: before + 1, max: before + n, average: before + (n + 1) / 2, dense: place + 1 };
          for (const at of group) ranks[at] = ranksOfTies[model.ties];
          before += n;
        });
      return ranks;
    };
    const outcome = (weights, mean) => {
      const total = sum(weights);
      const shares = weights.map((weight) => weight / total);
      const exact = model.z.map((values) => scoreOf(values, shares, mean));
      const scores = exact.map(rounded);
      return { shares, scores, ranks: rank(model.unrounded ? exact : scores, mean) };
    };

    const sliders = model.weights.map((_, j) => document.getElementById(`w${j}`));
    const radios = [...document.querySelectorAll("input[name=mean]")];
    const body = document.querySelector("#t-what-if tbody");
    let weights;
    let mean;
    const cell = (row, content, kind = "td") => {
      const element = document.createElement(kind);
      element.append(content);
      row.append(element);
      return element;
    };
    const space = "http://www.w3.org/2000/svg";
    const shape = (tag, attributes, ...inside) => {
      const element = document.createElementNS(space, tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.append(...inside);
      return element;
    };
    const stacked = () => mean === "arithmetic" && model.stacked;
    const bar = (values, shares, score, scale) => {
      if (score === null) return "";
      const present = sum(values.map((value, j) => (value === null ? 0 : shares[j]))) || 1;
      const parts = stacked() ? values.map((value, j) => (value || 0) * printed(shares[j]) / present) : [score];
      const ends = { 1: scale.zero, "-1": scale.zero };
      const paths = parts.map((value, j) => {
        const sign = value < 0 ? -1 : 1;
        const from = ends[sign];
        const to = (ends[sign] += value * scale.unit);
        const d = `M${Math.min(from, to).toFixed(1)} 6h${Math.max(0, Math.abs(to - from) - 0.7).toFixed(1)}`;
        const stripes = Math.floor((j % 32) / 8);
        return shape("path", { class: stripes ? `k${j % 8} s${stripes}` : `k${j % 8}`, d });
      });
      return shape("svg", { class: "bar", width: 200, height: 12, "aria-hidden": "true" }, ...paths);
    };
    const extent = (scores) => {
      const scored = scores.filter((score) => score !== null);
      const high = Math.max(0, ...scored);
      const low = Math.min(0, ...scored);
      const unit = 200 / (high - low || 1);
      return { unit, zero: -low * unit };
    };
    const toml = (shares) => {
      const line = (part, j) => `${part.id.match(/^[A-Za-z0-9_-]+$/) ? part.id : JSON.stringify(part.id)}.weight = ${part.beside ? `{ index = ${printed(shares[j])}${part.beside} }` : printed(shares[j])}`;
      const tables = ["dimensions", "indicators"].map((kind) => {
        const lines = model.parts.map((part, j) => (part.kind === kind ? line(part, j) : "")).filter(Boolean);
        return lines.length ? `[${kind}]\n${lines.join("\n")}\n` : "";
      });
      const top = `{ weighting = "given", aggregation = "${mean}"${model.toml.top} }`;
      return `${tables.filter(Boolean).join("\n")}\n[methodology]\nlevels = [${top}${model.toml.below}]\n`;
    };
    const draw = () => {
      const { shares, scores, ranks } = outcome(weights, mean);
      const usable = sum(weights) > 0;
      sliders.forEach((slider, j) => {
        const share = usable ? `${(100 * shares[j]).toFixed(1)} %` : "–";
        slider.parentNode.querySelector("output").textContent = share;
        slider.setAttribute("aria-valuetext", share);
      });
      body.textContent = "";
      document.getElementById("drawn").textContent = text(stacked() ? "contribution" : "score_bar");
      const status = document.getElementById("moved");
      document.getElementById("toml").value = usable ? toml(shares) : "";
      if (!usable) {
        status.textContent = text("no_weights");
        return;
      }
      const order = scores.map((_, at) => at);
      const lastIfMissing = (value) => (value === null ? Infinity : value);
      const sign = model.lowestFirst ? -1 : 1;
      const key = (at) => (scores[at] === null ? -Infinity : sign * scores[at]);
      order.sort((a, b) => lastIfMissing(ranks[a]) - lastIfMissing(ranks[b]) || key(b) - key(a));
      const scale = extent(scores);
      let moved = 0;
      const rows = order.map((at) => {
        const row = document.createElement("tr");
        row.dataset.unit = at;
        row.dataset.score = scores[at];
        const change = ranks[at] === null || model.ranks[at] === null ? 0 : model.ranks[at] - ranks[at];
        moved += change !== 0;
        cell(row, ranks[at] === null ? "–" : String(ranks[at]));
        const arrow = cell(row, change ? `${change > 0 ? "▲" : "▼"} ${Math.abs(change)}` : "");
        if (change) arrow.className = change > 0 ? "up-moved" : "down-moved";
        const name = cell(row, "", "th");
        name.scope = "row";
        const label = document.createElement("bdi");
        const names = model.names[at];
        label.textContent = names[Math.max(0, Object.keys(words).indexOf(root.lang))] ?? names[0];
        name.append(label);
        cell(row, scores[at] === null ? "–" : scores[at].toFixed(model.digits) + (model.imputed[at] ? "*" : ""));
        cell(row, bar(model.z[at], shares, scores[at], scale));
        return row;
      });
      body.append(...rows);
      const first = body.rows[0] ? body.rows[0].cells[2].textContent : "";
      status.textContent = moved ? text("moved", { n: moved, first }) : text("unmoved");
    };
    const reset = () => {
      weights = model.weights.slice();
      mean = model.first;
      sliders.forEach((slider, j) => (slider.value = 100 * weights[j]));
      radios.forEach((radio) => (radio.checked = radio.value === mean));
      draw();
    };
    sliders.forEach((slider, j) =>
      slider.addEventListener("input", () => {
        weights[j] = slider.valueAsNumber / 100;
        draw();
      }),
    );
    for (const radio of radios) {
      radio.addEventListener("change", () => {
        mean = radio.value;
        draw();
      });
    }
    document.getElementById("reset").addEventListener("click", reset);
    document.getElementById("copy").addEventListener("click", async () => {
      const area = document.getElementById("toml");
      try {
        await navigator.clipboard.writeText(area.value);
      } catch {
        area.select();
        document.execCommand("copy");
      }
      document.getElementById("copied").textContent = text("copied");
    });
    onLanguage.push(() => weights && draw());
    reset();
  }
  setLanguage(root.lang);
})();
