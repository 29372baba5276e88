// Why a simulated model did what it did. Takes finished values (told_decision.py).

function decisionView(decision) {
  const made = element("div", "decision");
  const head = element("p", "decision-why");
  head.append(element("strong", "", `${decision.outcome}. `), element("span", "", decision.why));
  made.append(head);
  if (decision.scores.length) made.append(...scoresView(decision));
  if (decision.arguments.length) made.append(...argumentsView(decision.arguments));
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
