// Why a simulated model did what it did. Takes finished values (told_decision.py).

function decisionView(decision) {
  const made = element("div", "decision");
  const head = element("p", "decision-why");
  head.append(element("strong", "", `${decision.outcome}. `), element("span", "", decision.why));
  made.append(head);
  if (decision.scores.length) made.append(...scoresView(decision));
  if (decision.arguments.length) made.append(...argumentsView(decision.arguments));
  if (decision.constrained.length) made.append(...constrainedView(decision.constrained));
  return made;
}

function scoresView({ scores, threshold, threshold_share: share }) {
  const list = element("ul", "scores");
  list.style.setProperty("--enough", `${100 * share}%`);
  for (const score of scores) {
    const line = element("li", score.enough ? "enough" : "");
    const bar = element("span", "score-bar");
    bar.setAttribute("aria-hidden", "true");
    bar.style.setProperty("--share", `${100 * score.share}%`);
    const words = score.matched.length ? `matched ${score.matched.join(", ")}` : "matched nothing";
    line.append(
      element("code", "", score.name),
      bar,
      element("span", "score", score.score.toFixed(2)),
      element("span", "matched", score.enough ? `enough: ${words}` : words),
    );
    list.append(line);
  }
  const title = `Evidence for each tool. A call needs ${threshold.toFixed(2)}: the upright line.`;
  return [element("p", "panel-note", title), list];
}

function argumentsView(rows) {
  const list = element("dl", "pairs");
  for (const row of rows) {
    const value = element("dd");
    value.append(element("code", "", row.value), element("span", "reason", row.reason));
    list.append(element("dt", "", `${row.tool}, ${row.argument}`), value);
  }
  return [element("p", "panel-note", "Where each argument comes from."), list];
}

function constrainedView(places) {
  const table = element("table", "constrained");
  const head = element("tr");
  for (const title of ["Place", "Written", "Allowed there", "Masked"]) {
    head.append(element("th", "", title));
  }
  const body = element("tbody");
  for (const one of places) {
    const row = element("tr");
    const place = element("td");
    place.append(element("code", "", one.place || one.tool), ` ${one.of}`);
    row.append(place, cellOf([one.chosen]), cellOf(one.allowed), cellOf(one.masked));
    row.lastChild.className = "masked";
    body.append(row);
  }
  const top = element("thead");
  top.append(head);
  table.append(top, body);
  const box = element("div", "constrained-box");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "What strict mode allowed and masked");
  box.append(table);
  const words =
    "Strict: the schema decides what may come next. Everything else is masked: the model cannot write it.";
  return [element("p", "panel-note", words), box];
}

function cellOf(values) {
  const cell = element("td");
  values.forEach((value, at) => {
    if (at) cell.append(", ");
    cell.append(element("code", "", value));
  });
  if (!values.length) cell.append("nothing");
  return cell;
}
